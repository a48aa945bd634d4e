// Pointing: where to click, and whether the click went there.

// The element the next press of the button is meant for. Between the moment a point was found and
// the moment the browser presses there, the page may have put something else in its place; such a
// press is stopped before the page sees it.
let aim = null;

const PRESSES = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick', 'auxclick'];

function guard(event) {
  if (!aim || !event.isTrusted) return;
  if (aim.hit === null) {
    const path = event.composedPath();
    let element = aim.element;
    if (!element.isConnected && aim.target) {
      // Drawn anew meanwhile, perhaps as the same thing.
      const again = find(aim.target);
      if (again.chosen.length === 1) element = again.chosen[0];
    }
    aim.hit = accepts(element, path[0]);
    aim.blocker = aim.hit ? null : path[0];
  }
  if (!aim.hit) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

// Whether the page itself started to drag something.
let dragStarted = false;

function watchPointer() {
  for (const name of PRESSES) addEventListener(name, guard, { capture: true });
  addEventListener('dragstart', (event) => { dragStarted = !event.defaultPrevented; });
}

// Waits until a target can be pointed at. `purpose` is what for: the same checks, other exceptions.
// With the purpose `tick`, a control that is as `wanted` already is not pointed at.
async function locate({ target, ms, purpose, wanted }) {
  const isTick = (element) => ['checkbox', 'radio'].includes(element.type);
  const byLabel = (element) =>
    isTick(element) && element.labels ? [...element.labels].find(isVisible) : undefined;
  const seen = (element) => isVisible(element) || !!byLabel(element);

  return whenReady(target, ms, async (element, note, attempt) => {
    if (purpose === 'tick') {
      element = controlOf(element);
      const state = tickState(element);
      if (state === null) return unsuitable(element, 'it is neither a checkbox nor a radio button');
      if (state === wanted) return { x: 0, y: 0, done: true, fingerprint: fingerprint(element) };
      if (isRadio(element) && !wanted) {
        return unsuitable(element, 'a radio button is unticked by choosing another one');
      }
    }
    const pointed = isVisible(element) ? element : byLabel(element);
    if (!pointed) { note({ reason: 'hidden' }); return undefined; }
    if (isDisabled(element)) { note({ reason: 'disabled' }); return undefined; }
    const before = fingerprint(element);
    const point = await pointerReady(pointed, note, attempt);
    if (point === undefined) return undefined;
    if (purpose === 'click' || purpose === 'tick') {
      aim = { element: pointed, target: pointed === element ? target : null, hit: null, blocker: null };
    }
    held = element;
    dragStarted = false;
    return { x: point.x, y: point.y, done: false, fingerprint: before };
  }, purpose === 'tick' || purpose === 'click' ? seen : isVisible);
}

// The element that was last located, for calls that need a handle on it.
let held = null;

// What became of the press: also the sign that the page has dealt with it.
function settle() {
  const result = {
    hit: aim ? aim.hit : null,
    blocked_by: aim && aim.blocker && aim.blocker.nodeType === Node.ELEMENT_NODE ? describe(aim.blocker) : undefined,
    detached: !!aim && !aim.element.isConnected,
    ticked: held ? tickState(held) ?? undefined : undefined,
    drag_started: dragStarted,
    strayed: typed().strayed,
  };
  aim = null;
  return result;
}

const unsuitable = (element, message) =>
  ({ failure: { class: 'not_interactable', reason: 'unsuitable', message, matched: [describe(element)] } });

// The box of a frame's element, so that points inside the frame can be told outside of it.
function frameBox(element) {
  if (!element.isConnected) return { gone: true };
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const pad = (side) => parseFloat(style[side]) || 0;
  return {
    x: box.x + element.clientLeft + pad('paddingLeft'),
    y: box.y + element.clientTop + pad('paddingTop'),
  };
}

// Brings a frame's element into view.
function frameIntoView(element) {
  if (!element.isConnected) return { gone: true };
  const box = element.getBoundingClientRect();
  if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) intoView(element);
  return frameBox(element);
}

// Whether a point inside a frame is the frame's from outside as well.
function frameHit(element, x, y) {
  const hit = elementAt(x, y);
  return hit === element ? {} : { blocked_by: hit ? describe(hit) : 'nothing: the point is outside of the window' };
}
