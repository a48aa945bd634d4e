// The snapshot: the interactive elements and the landmarks, in one call.

const ELEMENTS = 400;
const VALUE_CHARS = 500;

// The frames of a document that can be looked into, with their documents.
function sameOriginFrames(root) {
  const found = [];
  for (const frame of queryAll(root, 'iframe, frame')) {
    let inner = null;
    try { inner = frame.contentDocument; } catch { /* another origin's page */ }
    if (inner && inner.documentElement && isVisible(frame)) found.push({ frame, inner });
  }
  return found;
}

// As text, which is quicker to hand over than so many objects.
const observe = () => JSON.stringify(look());

function look() {
  const elements = [], landmarks = [];
  const seen = new Set();
  kept = new Map();
  let truncated = false;
  const visit = (root) => {
    for (const element of queryAll(root, INTERACTIVE)) {
      if (elements.length >= ELEMENTS) { truncated = true; break; }
      seen.add(element);
      if (!isVisible(element)) continue;
      elements.push(snapshot(element));
    }
    addLandmarks(root, seen, landmarks);
    for (const { inner } of sameOriginFrames(root)) if (!truncated) visit(inner);
  };
  visit(document);
  kept = null;
  return { url: location.href, title: cut(document.title, 500), elements: elements.concat(landmarks), truncated };
}

// The same of a frame that the page cannot look into; null when it can, and has.
function observeFrame() {
  try {
    void window.top.document;
    return null;
  } catch {
    return observe();
  }
}

function snapshot(element) {
  const ticked = tickState(element);
  const selected = element.getAttribute('aria-selected');
  return {
    ...fingerprint(element),
    enabled: !isDisabled(element),
    checked: ticked !== null ? ticked : selected !== null ? selected === 'true' : undefined,
    value: valueOf(element),
  };
}

function valueOf(element) {
  if (element.tagName === 'SELECT') {
    return isSecret(element) ? MASK : [...element.selectedOptions].map((option) => option.value).join(', ');
  }
  if (element.isContentEditable) return isSecret(element) ? MASK : cut(element.innerText, VALUE_CHARS);
  if (element.type === 'file') return [...element.files].map((file) => file.name).join(', ');
  const typed = element.tagName === 'TEXTAREA' ||
    (element.tagName === 'INPUT' && !UNTYPED.has(element.type));
  if (!typed) return undefined;
  if (isSecret(element)) return element.value ? MASK : '';
  return cut(element.value, VALUE_CHARS);
}
