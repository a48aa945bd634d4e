// Roles and accessible names, after ARIA in HTML and the accessible name computation.

const ROLES = new Set(('alert alertdialog application article banner blockquote button caption cell checkbox code ' +
  'columnheader combobox complementary contentinfo definition deletion dialog directory document emphasis feed figure ' +
  'form generic grid gridcell group heading img insertion link list listbox listitem log main mark marquee math menu ' +
  'menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option paragraph presentation ' +
  'progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator slider spinbutton ' +
  'status strong subscript superscript switch tab table tablist tabpanel term textbox time timer toolbar tooltip tree ' +
  'treegrid treeitem').split(' '));

const INPUT_ROLES = {
  button: 'button', checkbox: 'checkbox', file: 'button', image: 'button', number: 'spinbutton',
  radio: 'radio', range: 'slider', reset: 'button', submit: 'button',
};

const TAG_ROLES = {
  ADDRESS: 'group', ARTICLE: 'article', ASIDE: 'complementary', BLOCKQUOTE: 'blockquote', BUTTON: 'button',
  CAPTION: 'caption', CODE: 'code', DATALIST: 'listbox', DD: 'definition', DEL: 'deletion', DETAILS: 'group',
  DFN: 'term', DIALOG: 'dialog', DT: 'term', EM: 'emphasis', FIELDSET: 'group', FIGURE: 'figure', H1: 'heading',
  H2: 'heading', H3: 'heading', H4: 'heading', H5: 'heading', H6: 'heading', HGROUP: 'group', HR: 'separator',
  HTML: 'document', INS: 'insertion', LI: 'listitem', MAIN: 'main', MARK: 'mark', MATH: 'math', MENU: 'list',
  METER: 'meter', NAV: 'navigation', OL: 'list', OPTGROUP: 'group', OPTION: 'option', OUTPUT: 'status',
  P: 'paragraph', PROGRESS: 'progressbar', SEARCH: 'search', STRONG: 'strong', SUB: 'subscript',
  SUMMARY: 'button', SUP: 'superscript', SVG: 'img', TABLE: 'table', TBODY: 'rowgroup', TEXTAREA: 'textbox',
  TFOOT: 'rowgroup', THEAD: 'rowgroup', TIME: 'time', TR: 'row', UL: 'list',
};

function implicitRole(element) {
  const tag = element.tagName.toUpperCase();
  switch (tag) {
    case 'A': case 'AREA': return element.hasAttribute('href') ? 'link' : null;
    case 'IMG':
      return element.getAttribute('alt') === '' && !element.title && !element.hasAttribute('aria-label')
        ? 'presentation' : 'img';
    case 'INPUT': {
      if (element.type === 'hidden') return null;
      if (['text', 'search', 'email', 'tel', 'url'].includes(element.type) && element.list) return 'combobox';
      if (element.type === 'search') return 'searchbox';
      return INPUT_ROLES[element.type] || 'textbox';
    }
    case 'SELECT': return element.multiple || element.size > 1 ? 'listbox' : 'combobox';
    case 'HEADER': case 'FOOTER':
      if (element.closest('article, aside, main, nav, section')) return null;
      return tag === 'HEADER' ? 'banner' : 'contentinfo';
    case 'SECTION': return hasOwnName(element) ? 'region' : null;
    case 'FORM': return hasOwnName(element) ? 'form' : null;
    case 'TD': {
      const table = element.closest('table');
      const role = table && table.getAttribute('role');
      return role === 'grid' || role === 'treegrid' ? 'gridcell' : 'cell';
    }
    case 'TH': {
      if (element.scope === 'row' || element.scope === 'rowgroup') return 'rowheader';
      if (element.scope) return 'columnheader';
      // A header cell with data beside it heads its row, unless it stands in the table's head.
      const row = element.parentElement;
      return !element.closest('thead') && row && row.querySelector(':scope > td') ? 'rowheader' : 'columnheader';
    }
    default: return TAG_ROLES[tag] || null;
  }
}

const hasOwnName = (element) =>
  ['aria-label', 'aria-labelledby', 'title'].some((name) => fold(element.getAttribute(name)));

function roleOf(element) {
  const given = (element.getAttribute('role') || '').toLowerCase().split(/\s+/)
    .map((role) => (role === 'image' ? 'img' : role)).find((role) => ROLES.has(role));
  if (!given) return implicitRole(element);
  if (given === 'none' || given === 'presentation') {
    // What can be focused or says something about itself is more than decoration.
    const telling = element.tabIndex >= 0 || element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby');
    return telling ? implicitRole(element) : 'presentation';
  }
  return given;
}

// Whether assistive technology is told nothing of an element.
function isAriaHidden(element) {
  for (let node = element; node; node = parentOf(node)) {
    if (node.getAttribute('aria-hidden') === 'true') return true;
  }
  return false;
}

const FROM_CONTENT = new Set(('button cell checkbox columnheader gridcell heading link menuitem menuitemcheckbox ' +
  'menuitemradio option radio row rowheader switch tab tooltip treeitem').split(' '));
const NAMELESS = new Set(('caption code definition deletion emphasis generic insertion mark paragraph presentation none ' +
  'strong subscript superscript term time').split(' '));

function nameOf(element) {
  const role = roleOf(element);
  if (NAMELESS.has(role)) return '';
  return fold(computeName(element, { seen: new Set(), self: true }));
}

function referenced(element, attribute) {
  const ids = (element.getAttribute(attribute) || '').split(/\s+/).filter(Boolean);
  const root = element.getRootNode();
  return ids.map((id) => root.getElementById && root.getElementById(id)).filter(Boolean);
}

function computeName(element, context) {
  if (context.seen.has(element)) return '';
  context.seen.add(element);
  if (!context.self && !context.reference && isUnrendered(element)) return '';

  if (!context.reference) {
    const labels = referenced(element, 'aria-labelledby');
    if (labels.length) {
      const name = labels
        .map((label) => computeName(label, { seen: new Set(), self: true, reference: true }))
        .join(' ');
      if (fold(name)) return name;
    }
  }
  const role = roleOf(element);
  if (context.content || context.label) {
    const value = embeddedValue(element, role);
    if (value !== null) return value;
  }
  const label = element.getAttribute('aria-label');
  if (fold(label)) return label;

  if (role !== 'presentation') {
    const native = nativeName(element, context);
    if (native !== null && fold(native)) return native;
  }
  if (context.content || context.reference || context.label || FROM_CONTENT.has(role) ||
      (element.tagName === 'SUMMARY')) {
    const text = contentName(element, context);
    if (fold(text)) return text;
  }
  return element.getAttribute('title') || (isTextField(element) ? element.placeholder : '') || '';
}

function isUnrendered(element) {
  if (element.getAttribute('aria-hidden') === 'true') return true;
  const style = getComputedStyle(element);
  return style.display === 'none' || style.visibility === 'hidden' || style.visibility === 'collapse';
}

const isTextField = (element) => element.tagName === 'TEXTAREA' ||
  (element.tagName === 'INPUT' && !INPUT_ROLES[element.type] && element.type !== 'hidden');

// The value of a control inside a label, which is read as part of it.
function embeddedValue(element, role) {
  if (role === 'textbox' || role === 'searchbox') {
    return element.value !== undefined ? (element.type === 'password' ? '' : element.value) : element.textContent;
  }
  if (element.tagName === 'SELECT') return [...element.selectedOptions].map((option) => option.text).join(' ');
  if (role === 'spinbutton' || role === 'slider') {
    return element.getAttribute('aria-valuetext') || element.getAttribute('aria-valuenow') || element.value || '';
  }
  return null;
}

function nativeName(element, context) {
  const tag = element.tagName.toUpperCase();
  if (tag === 'INPUT' && ['button', 'submit', 'reset'].includes(element.type)) {
    const standard = { submit: 'Submit', reset: 'Reset' }[element.type] || '';
    return element.value || element.title || standard;
  }
  const labels = labelsOf(element);
  if (labels.length && !context.label) {
    return labels
      .map((label) => computeName(label, { seen: new Set([element]), self: true, label: true }))
      .filter(fold).join(' ');
  }
  if (tag === 'INPUT' && element.type === 'image') return element.alt || element.title || 'Submit';
  if (tag === 'IMG' || tag === 'AREA') return element.getAttribute('alt');
  if (tag === 'SVG') {
    const title = element.querySelector(':scope > title');
    return title && title.textContent;
  }
  const heading = { FIELDSET: 'legend', FIGURE: 'figcaption', TABLE: 'caption' }[tag];
  if (heading) {
    const found = element.querySelector(`:scope > ${heading}`);
    return found && computeName(found, { seen: context.seen, self: true, reference: true });
  }
  if (tag === 'OPTGROUP' || tag === 'OPTION') return element.label;
  return null;
}

function contentName(element, context) {
  const inner = { seen: context.seen, content: true };
  let text = pseudo(element, '::before');
  const children = [...childrenOf(element), ...referenced(element, 'aria-owns')];
  for (const child of children) {
    if (child.nodeType === Node.TEXT_NODE) text += child.data;
    if (child.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(child.tagName)) continue;
    if (child.tagName === 'BR') { text += ' '; continue; }
    const name = computeName(child, inner);
    const inline = getComputedStyle(child).display.startsWith('inline') || child.tagName === 'SLOT';
    text += inline ? name : ` ${name} `;
  }
  return text + pseudo(element, '::after');
}

// Text a style sheet adds; icons of icon fonts, which live in private use, say nothing.
function pseudo(element, which) {
  const content = getComputedStyle(element, which).content;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(content);
  return quoted ? quoted[1].replace(/\\(.)/g, '$1').replace(/[\ue000-\uf8ff]/g, '') : '';
}
