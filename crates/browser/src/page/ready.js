// Whether an element can be acted upon, and where to point at it.

const isDisabled = (element) => {
  if (element.matches(':disabled')) return true;
  for (let node = element; node; node = parentOf(node)) {
    if (node.getAttribute('aria-disabled') === 'true') return true;
  }
  return false;
};

const isReadOnly = (element) =>
  element.readOnly === true || element.getAttribute('aria-readonly') === 'true';

const sameBox = (a, b) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

// Whether an element could be somewhere else in the next frame. Most of the time nothing can move
// it, and the two frames that are needed to see whether it does are saved.
function mayMove(element) {
  const now = performance.now();
  return now - motion.scrolled < 100 ||
    // Few changes close together are no movement yet when they are over.
    (motion.streak > 0 && now - motion.last < (motion.streak < 4 ? 50 : SLOW_FRAME)) ||
    element.getRootNode() !== document || // mutations in shadow roots are not watched
    document.getAnimations().some((animation) => animation.playState === 'running' || animation.pending);
}

// Whether a pointer that hits `hit` acts on `element`: on something in it, or on its label.
function accepts(element, hit) {
  if (!hit) return false;
  if (contains(element, hit)) return true;
  const label = hit.closest && hit.closest('label');
  return !!label && (label.control === element || (label.control && contains(element, label.control)));
}

// The parts of an element that lie in the viewport.
function visibleParts(element) {
  let boxes = [...element.getClientRects()];
  if (boxes.length === 0) boxes = [...element.children].flatMap((child) => [...child.getClientRects()]);
  return boxes.map((box) => ({
    left: Math.max(box.left, 0), right: Math.min(box.right, innerWidth),
    top: Math.max(box.top, 0), bottom: Math.min(box.bottom, innerHeight),
  })).filter((part) => part.right - part.left >= 1 && part.bottom - part.top >= 1);
}

// A point where a pointer would hit the element: its middle, else a point off the middle, because
// something small may lie over that.
function pointAt(element) {
  const parts = visibleParts(element);
  if (parts.length === 0) return { outside: true };
  let blocker = null;
  for (const part of parts) {
    for (const [across, down] of [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.5, 0.25], [0.5, 0.75]]) {
      const x = part.left + (part.right - part.left) * across;
      const y = part.top + (part.bottom - part.top) * down;
      const hit = elementAt(x, y);
      if (accepts(element, hit)) return { x, y };
      blocker = blocker || hit;
    }
  }
  return { blocker };
}

// Ways to scroll something into view, tried in turn: what lies over it at one place of the window
// (a header that sticks to its top) may not at another.
const PLACES = [
  { block: 'center', inline: 'center', behavior: 'instant' },
  { block: 'end', inline: 'end', behavior: 'instant' },
  { block: 'start', inline: 'start', behavior: 'instant' },
];

function intoView(element, attempt = 0) {
  element.scrollIntoView(PLACES[attempt % PLACES.length]);
}

// Waits until a target's only match passes `pass`, which returns undefined to wait on, and may
// note why in `trouble`. Resolves with what it returned, or with the failure. `otherwise` says what
// counts as visible when nothing does by `seen`.
async function whenReady(target, ms, pass, seen = isVisible, otherwise = null) {
  let last = null, trouble = null, attempt = 0;
  const result = await until(ms, async () => {
    last = find(target, seen);
    if (otherwise && last.visible.length === 0 && last.hidden.length > 0) last = find(target, otherwise);
    trouble = null;
    if (last.chosen.length !== 1) return undefined;
    return pass(last.chosen[0], (why) => { trouble = why; }, attempt++);
  });
  if (result !== undefined) return result;
  const element = last.chosen.length === 1 ? last.chosen[0] : null;
  if (!element) return { failure: notFound(last) };
  return {
    failure: {
      class: 'not_interactable', reason: 'unready', ...trouble,
      matched: [describe(element)],
      blocked_by: trouble && (trouble.blocker ? describe(trouble.blocker) : trouble.blocked_by),
      blocker: undefined,
    },
  };
}

// The conditions for the pointer, in the order a person would notice them.
async function pointerReady(element, note, attempt) {
  if (isDisabled(element)) { note({ reason: 'disabled' }); return undefined; }
  let point = pointAt(element);
  if (point.outside || (point.blocker && attempt > 0)) {
    intoView(element, attempt);
    point = pointAt(element);
  }
  if (mayMove(element)) {
    const before = element.getBoundingClientRect();
    await nextDrawn();
    if (!element.isConnected) { note({ class: 'detached', reason: 'redrawn' }); return undefined; }
    if (!sameBox(before, element.getBoundingClientRect())) { note({ reason: 'moving' }); return undefined; }
    point = pointAt(element);
  }
  if (point.outside) { note({ reason: 'outside' }); return undefined; }
  if (point.x === undefined && getComputedStyle(element).pointerEvents === 'none') {
    note({ reason: 'no_pointer_events' });
    return undefined;
  }
  if (point.x === undefined) { note({ reason: 'covered', blocker: point.blocker }); return undefined; }
  return point;
}
