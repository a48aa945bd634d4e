// Finding the elements a target means.

const TEST_IDS = ['data-testid', 'data-test-id', 'data-test', 'data-cy', 'data-qa'];

const fits = (text, wanted, exact) => {
  const folded = fold(text);
  return exact ? folded === wanted : folded.toLowerCase().includes(wanted.toLowerCase());
};

// All matches of a target's locator, visible or not, in document order. Throws when the element
// it should lie within is not there.
function matchesOf(target, root) {
  const { locator, exact } = target;
  switch (locator.by) {
    case 'css': return queryAll(root, locator.selector);
    case 'xpath': return byXpath(root, locator.expression);
    case 'test_id': {
      const id = CSS.escape(locator.id);
      return queryAll(root, TEST_IDS.map((name) => `[${name}="${id}"]`).join(','));
    }
    case 'role': return byRole(root, locator, exact);
    case 'label': return byLabel(root, fold(locator.text), exact);
    case 'text': return byText(root, fold(locator.text), exact);
    case 'placeholder':
      return queryAll(root, 'input[placeholder], textarea[placeholder], [aria-placeholder]')
        .filter((element) =>
          fits(element.placeholder || element.getAttribute('aria-placeholder'), fold(locator.text), exact));
  }
  return [];
}

function byXpath(root, expression) {
  const found = (root.ownerDocument || root).evaluate(expression, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
  const elements = [];
  for (let at = 0; at < found.snapshotLength; at++) {
    const node = found.snapshotItem(at);
    if (node.nodeType === Node.ELEMENT_NODE && root.contains(node)) elements.push(node);
  }
  return elements;
}

// The tags that can have a role of their own, so that only few elements have to be looked at.
const ROLE_TAGS = {
  button: 'button, input, summary', link: 'a, area', textbox: 'input, textarea', searchbox: 'input',
  checkbox: 'input', radio: 'input', combobox: 'select, input', listbox: 'select, datalist', option: 'option',
  heading: 'h1, h2, h3, h4, h5, h6', img: 'img, svg', spinbutton: 'input', slider: 'input',
  row: 'tr', cell: 'td', gridcell: 'td', columnheader: 'th', rowheader: 'th', listitem: 'li',
};

function byRole(root, { role, name }, exact) {
  role = role === 'image' ? 'img' : role;
  const tags = ROLE_TAGS[role];
  const candidates = tags ? queryAll(root, `${tags}, [role]`) : everything(root);
  const wanted = name == null ? null : fold(name);
  return candidates.filter((element) =>
    roleOf(element) === role && (wanted === null || fits(nameOf(element), wanted, exact)) && !isAriaHidden(element));
}

// A control by the text of its label. A colon or an asterisk at the end of a label is decoration.
function byLabel(root, wanted, exact) {
  const bare = (text) => fold(text).replace(/[\s:*]+$/, '');
  const same = (text) => fits(text, wanted, exact) || (exact && bare(text) !== '' && bare(text) === bare(wanted));
  const controls = 'input, textarea, select, button, meter, output, progress, [aria-label], [aria-labelledby], [contenteditable]';
  return queryAll(root, controls).filter((element) => {
    if (element.type === 'hidden') return false;
    return labelTexts(element).some(same);
  });
}

function labelTexts(element) {
  const texts = labelsOf(element).map(labelText);
  const aria = element.getAttribute('aria-label');
  if (aria) texts.push(aria);
  const others = referenced(element, 'aria-labelledby');
  if (others.length) texts.push(others.map(rawText).join(' '));
  return texts;
}

// The text of a label without that of the control inside it.
function labelText(label) {
  if (!label.querySelector('select, textarea, button, option')) return rawText(label);
  const copy = label.cloneNode(true);
  for (const control of copy.querySelectorAll('select, textarea, button, input')) control.remove();
  return copy.textContent;
}

// The innermost elements whose text is the wanted one.
function byText(root, wanted, exact) {
  const found = [];
  // Whether an element or something in it was found.
  const visit = (element) => {
    if (SKIPPED.has(element.tagName)) return false;
    const text = rawText(element);
    if (!fits(text, wanted, false)) return false;
    let inside = false;
    for (const child of childrenOf(element)) {
      if (child.nodeType === Node.ELEMENT_NODE && visit(child)) inside = true;
    }
    if (!inside && fits(text, wanted, exact)) {
      found.push(element);
      inside = true;
    }
    return inside;
  };
  const start = root.nodeType === Node.DOCUMENT_NODE ? root.body : root;
  if (start) visit(start);
  return found;
}

// What a target finds now: its `visible` and `hidden` matches, of which the `chosen` are meant; or
// the search for the element it should lie within, which failed. `seen` says what counts as
// visible: a file input, or a checkbox drawn by its label, may well have no box.
function find(target, seen = isVisible) {
  let root = document;
  if (target.within) {
    const outer = find(target.within);
    if (outer.chosen.length !== 1) return { visible: [], hidden: [], chosen: [], outer };
    root = outer.chosen[0];
  }
  const all = matchesOf(target, root);
  const visible = all.filter(seen);
  const shown = new Set(visible);
  const hidden = all.filter((element) => !shown.has(element));
  const chosen = target.nth == null ? visible : visible.slice(target.nth, target.nth + 1);
  return { visible, hidden, chosen, target };
}

// What a target finds now, as many as are worth telling apart.
const matching = ({ target }) => find(target).chosen.slice(0, 10).map(fingerprint);

// Why a search did not end with one element.
function notFound(found) {
  if (found.outer) {
    const failure = notFound(found.outer);
    return { ...failure, outer: true };
  }
  const { visible, hidden, target } = found;
  if (target.nth == null && visible.length > 1) {
    return { class: 'ambiguous_match', count: visible.length, matched: visible.slice(0, 10).map(describe) };
  }
  if (visible.length > 0) {
    return { class: 'element_not_found', count: visible.length, matched: visible.slice(0, 10).map(describe), nth: true };
  }
  if (hidden.length > 0) {
    return {
      class: 'not_interactable', reason: 'hidden', count: hidden.length,
      matched: hidden.slice(0, 10).map(describe), why: whyHidden(hidden[0]),
    };
  }
  return { class: 'element_not_found', count: 0, matched: [], near: nearMisses(target), frame: frameWith(target) };
}

// The frame of the page that has what was looked for in vain outside of it.
function frameWith(target) {
  for (const { frame, inner } of sameOriginFrames(document)) {
    try {
      if (matchesOf(target, inner).some(isVisible)) return cssPathOf(frame);
    } catch { /* not every search works from outside */ }
  }
  return undefined;
}

function whyHidden(element) {
  for (let node = element; node; node = parentOf(node)) {
    const style = getComputedStyle(node);
    const where = node === element ? 'it' : describe(node);
    if (style.display === 'none') return `${where} has display: none`;
    if (node === element && style.visibility !== 'visible') return 'it has visibility: ' + style.visibility;
  }
  return 'it has no size';
}

// Elements whose name or text is close to what was looked for, best first.
function nearMisses({ locator }) {
  const wanted = fold(locator.name || locator.text || locator.id || '').toLowerCase();
  const role = locator.role === 'image' ? 'img' : locator.role;
  if (!wanted && !role) return [];
  const scored = [];
  for (const element of queryAll(document, INTERACTIVE).slice(0, 400)) {
    if (!isVisible(element)) continue;
    const texts = [nameOf(element), fold(rawText(element, BEGINNING)), element.placeholder, element.id,
      ...TEST_IDS.map((name) => element.getAttribute(name))].filter(Boolean);
    const closest = wanted ? Math.max(0, ...texts.map((text) => similarity(text.toLowerCase(), wanted))) : 0;
    const score = closest + (role && roleOf(element) === role ? 0.25 : 0);
    if (closest > 0.4 || (!wanted && score > 0)) scored.push({ score, element });
  }
  scored.sort((a, b) => b.score - a.score);
  return scored.slice(0, 3).map(({ element }) => describe(element));
}

// How alike two texts are, from 0 to 1: shared pairs of letters.
function similarity(a, b) {
  if (a === b) return 1;
  const pairs = (text) => {
    const all = new Map();
    for (let at = 0; at + 1 < Math.min(text.length, 120); at++) {
      const pair = text.slice(at, at + 2);
      all.set(pair, (all.get(pair) || 0) + 1);
    }
    return all;
  };
  const [left, right] = [pairs(a), pairs(b)];
  let shared = 0, total = 0;
  for (const [pair, count] of left) { shared += Math.min(count, right.get(pair) || 0); total += count; }
  for (const count of right.values()) total += count;
  return total ? (2 * shared) / total : 0;
}
