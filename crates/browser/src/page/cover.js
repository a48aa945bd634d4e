// Covering what is secret while a picture is taken.

let covers = null;

// Lays black boxes over every control that holds a secret and every text that shows one.
function cover(secrets) {
  uncover();
  const boxes = [];
  for (const element of everything(document)) {
    if (element.value !== undefined && typeof element.value === 'string' && element.tagName !== 'OPTION') {
      const known = secretFields.has(element) || secrets.some((secret) => element.value.includes(secret));
      if (known && element.value) boxes.push(element.getBoundingClientRect());
    }
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE) continue;
      for (const secret of secrets) {
        for (let at = node.data.indexOf(secret); at >= 0; at = node.data.indexOf(secret, at + 1)) {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + secret.length);
          boxes.push(...range.getClientRects());
        }
      }
    }
    if (element.isContentEditable && secretFields.has(element)) boxes.push(element.getBoundingClientRect());
  }
  const drawn = boxes.filter((box) => box.width > 0 && box.height > 0);
  if (drawn.length === 0) return 0;
  covers = document.createElement('div');
  covers.style.cssText = 'all: initial; position: fixed; inset: 0; pointer-events: none; z-index: 2147483647';
  covers.popover = 'manual';
  for (const box of drawn) {
    const black = document.createElement('div');
    black.style.cssText = `position: fixed; background: #000; left: ${box.x - 1}px; top: ${box.y - 1}px; ` +
      `width: ${box.width + 2}px; height: ${box.height + 2}px`;
    covers.append(black);
  }
  document.documentElement.append(covers);
  // Above dialogs and whatever else the page put on top.
  try { covers.showPopover(); covers.style.background = 'transparent'; } catch { /* drawn all the same */ }
  return drawn.length;
}

function uncover() {
  if (covers) covers.remove();
  covers = null;
}
