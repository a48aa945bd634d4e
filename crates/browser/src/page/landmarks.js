// What a page has to read: what gives it its order, and short texts that are named.

const LANDMARKS = 100;
const ORDERING = 'table, h1, h2, h3, h4, h5, h6, ul, ol, dl, output, [role=heading], [role=status], [role=alert], ' +
  '[role=table], [role=grid], [role=treegrid], [role=list], [role=log], [aria-live]:not([aria-live=off])';
const NAMED = '[id], ' + TEST_IDS.map((name) => `[${name}]`).join(', ');
const PARTS = 'caption, th, dt, legend, figcaption, [role=columnheader], [role=rowheader]';
const KINDS = [ORDERING, NAMED, PARTS];
const ANY = KINDS.join();

// Whether an element is a short text and no container.
const isLeaf = (element) => element.childElementCount <= 3 && !SKIPPED.has(element.tagName) && element.tagName !== 'LABEL' &&
  /\S/.test(element.textContent) && element.textContent.length <= 300 && !element.querySelector(INTERACTIVE);

// Adds what can be seen of it, the most telling first, as long as there is room.
function addLandmarks(root, seen, into) {
  const kinds = KINDS.map(() => []);
  for (const element of queryAll(root, ANY)) {
    if (!seen.has(element)) kinds[KINDS.findIndex((selector) => element.matches(selector))].push(element);
  }
  for (const [kind, elements] of kinds.entries()) {
    for (const element of elements) {
      if (into.length >= LANDMARKS) return;
      if ((kind > 0 && !isLeaf(element)) || !isVisible(element)) continue;
      into.push({ ...fingerprint(element), interactive: false, enabled: true });
    }
  }
}
