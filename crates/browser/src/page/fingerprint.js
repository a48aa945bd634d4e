// Describing an element: in a line for people, and in full for finding it again.

const INTERACTIVE = 'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, ' +
  'iframe, [contenteditable=""], [contenteditable=true], [tabindex]:not([tabindex^="-"]), ' +
  '[onclick], [data-toggle], [data-bs-toggle], .dropdown-toggle, [draggable=true], [role=button], [role=link], [role=checkbox], [role=radio], [role=switch], ' +
  '[role=tab], [role=menuitem], [role=menuitemcheckbox], [role=menuitemradio], [role=option], [role=combobox], ' +
  '[role=listbox], [role=textbox], [role=searchbox], [role=spinbutton], [role=slider], [role=treeitem], [role=gridcell]';

// Controls that hold a secret because a step typed it there.
const secretFields = (() => {
  // Frames of one origin share the set of their topmost document.
  try {
    const top = window.top.waymark;
    if (top && window.top !== window) return top.secretFields;
  } catch { /* another origin's page */ }
  return new WeakSet();
})();

const MASK = '••••••';
const isSecret = (element) => element.type === 'password' || secretFields.has(element);

// Enough of a text to describe it, white space included.
const BEGINNING = 4_000;

// An element in one line: its tag as it would be written, and its text.
function describe(element) {
  const tag = element.tagName.toLowerCase();
  const attributes = ['id', 'type', 'name', 'role', 'href', 'aria-label', 'placeholder', 'title', ...TEST_IDS]
    .filter((name) => element.getAttribute(name))
    .map((name) => `${name}="${cut(fold(element.getAttribute(name)), 60)}"`);
  if (element.className && typeof element.className === 'string') {
    attributes.push(`class="${cut(fold(element.className), 60)}"`);
  }
  const text = cut(fold(isSecret(element) ? '' : rawText(element, BEGINNING)), 60);
  return `<${[tag, ...attributes].join(' ')}>${text}`;
}

// The steps of paths to the children of an element, as XPath and CSS write them.
const stepsBelow = (parent) => once('steps', parent, () => {
  const counts = new Map();
  for (const child of childElements(parent)) counts.set(child.localName, (counts.get(child.localName) || 0) + 1);
  const seen = new Map(), steps = new Map();
  for (const child of childElements(parent)) {
    const tag = child.localName;
    const at = (seen.get(tag) || 0) + 1;
    seen.set(tag, at);
    const only = counts.get(tag) === 1;
    const name = child.namespaceURI === 'http://www.w3.org/1999/xhtml' ? tag : `*[local-name()='${tag}']`;
    steps.set(child, {
      xpath: only ? name : `${name}[${at}]`,
      css: only ? CSS.escape(tag) : `${CSS.escape(tag)}:nth-of-type(${at})`,
    });
  }
  return steps;
});

function stepTo(node) {
  const parent = node.parentNode;
  return (parent && stepsBelow(parent).get(node)) || { xpath: node.localName, css: CSS.escape(node.localName) };
}

function xpathOf(element) {
  const parts = [];
  for (let node = element; node && node.nodeType === Node.ELEMENT_NODE; node = node.parentNode) {
    parts.unshift(stepTo(node).xpath);
  }
  return '/' + parts.join('/');
}

// A path from the nearest id that is the only one of its kind.
function cssPathOf(element) {
  const parts = [];
  for (let node = element; node && node.nodeType === Node.ELEMENT_NODE; node = node.parentNode) {
    const id = idOf(node);
    const root = id && node.getRootNode();
    const byId = id && `#${CSS.escape(id)}`;
    if (byId && root.querySelectorAll && root.querySelectorAll(byId).length === 1) {
      parts.unshift(byId);
      break;
    }
    parts.unshift(stepTo(node).css);
  }
  return parts.join(' > ');
}

// How many nodes without a text are passed over.
const NEIGHBOURS = 100;

// What repeats, one thing each: what stands before it is about another thing.
const ROWS = 'tr, li, [role=row]';

// The text beside an element: what stands before it, else what its parent says around it; within
// its row, if it is in one.
function neighbourText(element) {
  const own = fold(rawText(element, BEGINNING));
  const textOfNode = (node) => fold(node.nodeType === Node.TEXT_NODE ? node.data.slice(0, BEGINNING) :
    node.nodeType === Node.ELEMENT_NODE ? rawText(node, BEGINNING) : '');
  let looked = 0;
  for (let node = element, up = 0; node && up < 3 && !node.matches(ROWS); node = node.parentElement, up++) {
    for (let before = node.previousSibling; before && looked < NEIGHBOURS; before = before.previousSibling, looked++) {
      const text = textOfNode(before);
      if (text && text !== own) return cut(text, 120);
    }
  }
  if (element.matches(ROWS)) return '';
  looked = 0;
  for (let after = element.nextSibling; after && looked < NEIGHBOURS; after = after.nextSibling, looked++) {
    const text = textOfNode(after);
    if (text) return cut(text, 120);
  }
  return '';
}

// The text of a row, a space between what stands in different elements, and nothing of what could be
// chosen or typed there.
function rowText(node, limit) {
  let text = '';
  for (const child of childrenOf(node)) {
    const left = limit - text.length;
    if (left <= 0) break;
    if (child.nodeType === Node.TEXT_NODE) text += child.data.slice(0, left);
    if (child.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(child.tagName)) continue;
    if (['SELECT', 'TEXTAREA', 'INPUT', 'DATALIST'].includes(child.tagName)) continue;
    text += ` ${secretFields.has(child) ? MASK : rowText(child, left)} `;
  }
  return text;
}

// What the row says that an element is in: of a table, or of a list with more than one thing to act
// on in each entry. Heads of tables and what lays out a page are no rows.
function rowAround(element) {
  for (let row = element.parentElement; row && (row = row.closest(ROWS)); row = row.parentElement) {
    const said = saidByRow(row);
    if (said) return said;
  }
  return undefined;
}

const saidByRow = (row) => once('rows', row, () => {
  const inTable = row.matches('tr, [role=row]');
  const head = row.localName === 'tr' && (row.closest('thead') || !row.querySelector('td'));
  if (head || row.querySelector(inTable ? 'tr, [role=row]' : ROWS)) return '';
  if (!inTable && row.querySelectorAll(INTERACTIVE).length < 2) return '';
  return cut(fold(rowText(row, BEGINNING)), 200);
});

const TABLES = 'table, [role=table], [role=grid], [role=treegrid]';

// What the head of the column says that an element is in.
function columnAround(element) {
  const cell = element.closest('td, th, [role=cell], [role=gridcell], [role=rowheader]');
  const row = cell && cell.closest('tr, [role=row]');
  const table = row && row.closest(TABLES);
  if (!table || row.closest('thead')) return undefined;
  const head = once('heads', table, () =>
    headerOf(queryAll(table, 'tr, [role=row]').filter((other) => other.closest(TABLES) === table)));
  const name = head.row === row ? '' : head.names[cellsOf(row).indexOf(cell)];
  return name ? cut(name, 80) : undefined;
}

const BESIDE = 'header, nav, main, aside, footer, [role=banner], [role=navigation], [role=main], [role=complementary], ' +
  '[role=contentinfo]';
const DIALOGS = 'dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true], [popover]:popover-open';

// Whether an element is a dialog or lies over the page like one: fixed and raised, and no part of
// the page's frame, as bars at its edges are.
function isOverlay(element) {
  if (element.matches(DIALOGS)) return true;
  const style = getComputedStyle(element);
  return style.position === 'fixed' && Number(style.zIndex) > 0 && !element.closest(BESIDE) && !element.querySelector(BESIDE);
}

// The dialog or overlay that an element lies in, by its name or else its tag.
const overlayAround = (element) => once('overlays', element, () => {
  if (element === document.body || element === document.documentElement) return undefined;
  if (isOverlay(element)) {
    const heading = element.querySelector('h1, h2, h3, h4, h5, h6, [role=heading]');
    return cut(nameOf(element) || (heading && fold(rawText(heading, BEGINNING))) || element.localName, 80);
  }
  const parent = parentOf(element);
  return parent ? overlayAround(parent) : undefined;
});

// What is said about how to fill in a field: a hint beside it, and the language it is in.
function writingOf(field) {
  const hint = fold(referenced(field, 'aria-describedby').map((told) => rawText(told, BEGINNING)).join(' '));
  const around = field.closest('[lang]');
  return {
    ...(hint && { hint: cut(hint, 200) }),
    ...(around && around.lang && { 'in-lang': cut(around.lang, 40) }),
  };
}

const OWN_FIELDS = new Set(['id', 'name', 'type', 'role', 'href', 'placeholder', 'style', ...TEST_IDS]);

function otherAttributes(element) {
  const found = {};
  let count = 0;
  for (const name of element.getAttributeNames()) {
    const value = element.getAttribute(name);
    if (OWN_FIELDS.has(name) || name.startsWith('on') || (count >= 20 && !name.startsWith('aria-'))) continue;
    const typed = name === 'value' && !['submit', 'button', 'reset', 'checkbox', 'radio'].includes(element.type);
    if (typed || name === 'srcdoc' || name === 'd' || name === 'points') continue;
    found[name] = cut(value, 200);
    count++;
  }
  if (element.tagName === 'SUMMARY' && element.parentElement && element.parentElement.tagName === 'DETAILS') {
    found['aria-expanded'] = String(element.parentElement.open);
  }
  const overlay = overlayAround(element);
  if (overlay) found['in-dialog'] = overlay;
  const row = rowAround(element);
  if (row) found['in-row'] = row;
  const column = columnAround(element);
  if (column) found['in-column'] = column;
  if (element.tagName === 'INPUT' && isTyped(element)) Object.assign(found, writingOf(element));
  return found;
}

function fingerprint(element) {
  const attribute = (name) => element.getAttribute(name) || undefined;
  const testId = TEST_IDS.find((name) => element.hasAttribute(name));
  const labels = labelsOf(element).map(labelText);
  const text = isSecret(element) || ['TEXTAREA', 'SELECT'].includes(element.tagName) ? '' : fold(rawText(element, BEGINNING));
  let depth = 0;
  for (let root = element.getRootNode(); root && root.host; root = root.host.getRootNode()) depth++;
  return {
    tag: element.localName,
    input_type: element.tagName === 'INPUT' || element.tagName === 'BUTTON' ? element.type : undefined,
    role: roleOf(element) || undefined,
    name: cut(nameOf(element), 200),
    text: cut(text, 120),
    label: labels.length ? cut(fold(labels.join(' ')), 200) : undefined,
    placeholder: attribute('placeholder'),
    name_attribute: attribute('name'),
    id: attribute('id'),
    test_id: testId && attribute(testId),
    href: element.href && typeof element.href === 'string' ? cut(attribute('href') || '', 500) : undefined,
    attributes: otherAttributes(element),
    neighbour_text: neighbourText(element),
    xpath: xpathOf(element),
    css_path: cssPathOf(element),
    box: pageBox(element),
    frame: placeOf(element.ownerDocument).frame,
    shadow_depth: depth,
  };
}
