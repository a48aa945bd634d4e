// The tree as a person sees it: through open shadow roots, slots, and what is visible.

const SKIPPED = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'HEAD', 'TITLE', 'META', 'LINK']);

// Only what changes is matched: most white space is one blank already, and texts can be long.
const fold = (text) => (text || '').replace(/[\s\u200b\u00ad]{2,}|[^\S ]|[\u200b\u00ad]/g, ' ').trim();
// Not in the middle of a character.
const cut = (text, length) =>
  (text.length > length ? text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '') + '…' : text);

// A form answers `form.children` with its field of that name, if it has one; these do not.
const formGetter = (name) => {
  const { get } = Object.getOwnPropertyDescriptor(Element.prototype, name);
  return (node) => (node instanceof HTMLFormElement ? get.call(node) : node[name]);
};
const childElements = formGetter('children');
const idOf = formGetter('id');

// What is worked out once and holds until the page may have changed, which it cannot before we let
// go of it.
let remembered = null;
function once(what, key, make) {
  if (!remembered) {
    remembered = new Map();
    queueMicrotask(() => { remembered = null; });
  }
  if (!remembered.has(what)) remembered.set(what, new Map());
  const known = remembered.get(what);
  if (!known.has(key)) known.set(key, make());
  return known.get(key);
}

// The labels of a control. `element.labels` looks through the whole document every time.
function labelsOf(element) {
  if (!element.labels) return [];
  const root = element.getRootNode();
  const labels = once('labels', root, () => {
    const found = new Map();
    for (const label of root.querySelectorAll ? root.querySelectorAll('label') : []) {
      const { control } = label;
      if (control) found.set(control, [...(found.get(control) || []), label]);
    }
    return found;
  });
  return labels.get(element) || [];
}

// The parent across shadow boundaries.
function parentOf(node) {
  if (node.assignedSlot) return node.assignedSlot;
  if (node.parentElement) return node.parentElement;
  const parent = node.parentNode;
  return parent && parent.host ? parent.host : null;
}

function contains(outer, inner) {
  for (let node = inner; node; node = parentOf(node)) if (node === outer) return true;
  return false;
}

// Every element below a root in the order of the composed tree.
function everything(root, into = []) {
  if (root.shadowRoot) everything(root.shadowRoot, into);
  for (const element of root.querySelectorAll('*')) {
    into.push(element);
    if (element.shadowRoot) everything(element.shadowRoot, into);
  }
  return into;
}

function shadowHosts(root) {
  const hosts = root.shadowRoot ? [root] : [];
  for (const element of root.querySelectorAll('*')) if (element.shadowRoot) hosts.push(element);
  return hosts;
}

// All matches of a selector below a root. Where there are shadow roots, a selector may also reach
// through them: `my-card button` finds a button inside the shadow root of my-card.
function queryAll(root, selector) {
  if (shadowHosts(root).length === 0) return [...root.querySelectorAll(selector)];
  const lists = splitSelector(selector);
  return everything(root).filter((element) =>
    element.matches(selector) || lists.some((parts) => matchesAcross(element, parts, parts.length - 1)));
}

// Splits a selector list into compounds and the combinators before them.
function splitSelector(selector) {
  const lists = [[]];
  let compound = '', combinator = ' ', depth = 0, quote = null;
  const push = () => {
    if (compound) lists[lists.length - 1].push({ combinator, compound });
    compound = '';
    combinator = ' ';
  };
  for (let at = 0; at < selector.length; at++) {
    const char = selector[at];
    if (char === '\\') { compound += char + (selector[++at] || ''); continue; }
    if (quote) { if (char === quote) quote = null; compound += char; continue; }
    if (char === '"' || char === "'") { quote = char; compound += char; continue; }
    if (char === '(' || char === '[') depth++;
    if (char === ')' || char === ']') depth--;
    if (depth > 0 || !' \t\n,>+~'.includes(char)) { compound += char; continue; }
    if (char === ',') { push(); lists.push([]); continue; }
    if (compound) push();
    if ('>+~'.includes(char)) combinator = char;
  }
  push();
  return lists.filter((parts) => parts.length > 0);
}

function matchesAcross(element, parts, at) {
  const { combinator, compound } = parts[at];
  if (!element.matches(compound)) return false;
  if (at === 0) return true;
  if (combinator === '+') {
    return !!element.previousElementSibling && matchesAcross(element.previousElementSibling, parts, at - 1);
  }
  if (combinator === '~') {
    for (let other = element.previousElementSibling; other; other = other.previousElementSibling) {
      if (matchesAcross(other, parts, at - 1)) return true;
    }
    return false;
  }
  // Parents by markup and not by slot: what is slotted belongs to where it was written.
  const up = (node) => node.parentElement || (node.parentNode && node.parentNode.host) || null;
  for (let parent = up(element); parent; parent = up(parent)) {
    if (matchesAcross(parent, parts, at - 1)) return true;
    if (combinator === '>') return false;
  }
  return false;
}

// Whether an element can be seen: it has a box, and nothing hides it. As everywhere else in
// browser automation, full transparency and being covered do not count as hidden.
function isVisible(element) {
  if (!element.isConnected) return false;
  if (element.tagName === 'OPTION' || element.tagName === 'OPTGROUP') {
    const select = element.closest('select');
    if (select) return isVisible(select);
  }
  const style = getComputedStyle(element);
  if (style.display === 'contents') {
    for (const child of element.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE && isVisible(child)) return true;
      if (child.nodeType === Node.TEXT_NODE && child.data.trim() && textBox(child)) return true;
    }
    return false;
  }
  if (!element.checkVisibility({ visibilityProperty: true })) return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}

function textBox(node) {
  const range = node.ownerDocument.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}

// The child nodes as rendered: a shadow root replaces an element's own children, a slot shows what
// is assigned to it.
function childrenOf(node) {
  if (node.shadowRoot) return node.shadowRoot.childNodes;
  if (node.tagName === 'SLOT') {
    const assigned = node.assignedNodes();
    if (assigned.length) return assigned;
  }
  return node.childNodes;
}

// The text below an element, visible or not, unfolded; of a long one the beginning.
function rawText(element, limit = Infinity) {
  if (SKIPPED.has(element.tagName)) return '';
  if (element.tagName === 'INPUT') {
    return ['submit', 'button', 'reset'].includes(element.type) ? element.value : '';
  }
  // An editor that a secret was typed into.
  if (secretFields.has(element)) return MASK;
  if (!element.shadowRoot && element.tagName !== 'SLOT' && element.childElementCount === 0) {
    if (limit === Infinity) return element.textContent || '';
  }
  let text = '';
  for (const child of childrenOf(element)) {
    const left = limit - text.length;
    if (left <= 0) break;
    if (child.nodeType === Node.TEXT_NODE) text += child.length > left ? child.substringData(0, left) : child.data;
    else if (child.nodeType === Node.ELEMENT_NODE) {
      text += child.tagName === 'BR' ? '\n' : rawText(child, left);
    }
  }
  return text;
}

// What a person reads in an element.
function visibleText(element) {
  if (element.shadowRoot || element.querySelector('slot')) return rawText(element);
  return element.innerText === undefined ? element.textContent || '' : element.innerText;
}

// The element at a point, through shadow roots.
function elementAt(x, y) {
  let found = document.elementFromPoint(x, y);
  while (found && found.shadowRoot) {
    const inner = found.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === found) break;
    found = inner;
  }
  return found;
}

// What is looked up again and again while a whole page is looked at; null at other times.
let kept = null;

function keep(key, make) {
  if (kept && kept.has(key)) return kept.get(key);
  const made = make(key);
  if (kept) kept.set(key, made);
  return made;
}

// Where a document lies on the page, frames that can be looked through included, and the URL of its
// frame if it is in one.
const placeOf = (doc) => keep(doc, () => {
  let x = 0, y = 0;
  let view = doc.defaultView;
  let framed = false;
  while (view && view !== view.parent) {
    framed = true;
    let owner = null;
    try { owner = view.frameElement; } catch { /* another origin's page */ }
    if (!owner) break;
    const outer = owner.getBoundingClientRect();
    x += outer.x + owner.clientLeft;
    y += outer.y + owner.clientTop;
    view = view.parent;
  }
  if (view) { x += view.scrollX; y += view.scrollY; }
  return { x, y, frame: framed ? doc.location.href : undefined };
});

function pageBox(element) {
  const box = element.getBoundingClientRect();
  const place = placeOf(element.ownerDocument);
  const round = (number) => Math.round(number * 10) / 10;
  return { x: round(box.x + place.x), y: round(box.y + place.y), width: round(box.width), height: round(box.height) };
}
