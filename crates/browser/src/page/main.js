// What Waymark may call.

// Waits until nothing scrolls any more: the wheel moves a page over several frames.
async function scrolled({ ms }) {
  const began = performance.now();
  while (performance.now() - began < ms) {
    await nextFrame();
    // The first frames may pass before anything moves.
    const now = performance.now();
    if (now - motion.scrolled > 50 && now - began > 50) return null;
  }
  return null;
}

const middle = () => ({ x: innerWidth / 2, y: innerHeight / 2 });

async function scrollTo({ target, ms }) {
  return whenReady(target, ms, async (element) => {
    const before = fingerprint(element);
    intoView(element);
    // The page hears of it with the next frame.
    await nextFrame();
    return { fingerprint: before };
  });
}

// Finds the element that holds a frame.
async function frameElement({ target, ms }) {
  return whenReady(target, ms, (element) => {
    held = element;
    return { fingerprint: fingerprint(element) };
  });
}

// A frame's first, empty document may give way to its real one within the same world: we are still
// there then, and what we listened with is not. So this is asked before everything else.
let watched = null;
function watch() {
  if (watched === document) return;
  watched = document;
  watchMotion();
  watchPointer();
  watchTyping();
}

watch();

globalThis.waymark = {
  watch,
  secretFields, locate, settle, fill, filled, focus, focused, choose, chosen, whenTicked, fileInput, putFiles, read, check, waitFor,
  explain, matching, storage, putStorage, hush, observe, observeFrame, cover, uncover, scrolled, middle, scrollTo, frameElement, frameBox, frameIntoView, frameHit,
  held: () => held,
};
