// Waiting by observation: a test is made again when the document changed, when a frame was drawn,
// and when something happened that no mutation shows.

const frameWithin = (ms) => new Promise((resolve) => {
  // A tab in the background draws no frames.
  const timer = setTimeout(resolve, ms);
  requestAnimationFrame(() => { clearTimeout(timer); resolve(); });
});
const nextFrame = () => frameWithin(60);
// The same where two frames are compared: a machine that is busy draws few, and what does not move
// between two looks without a frame between them may well move.
const nextDrawn = () => frameWithin(500);

// When something was last placed anew, and in how many frames in a row: a single change is over at
// once, a script that moves something makes one in every frame. New content does not count; it
// moves what is below it once.
const motion = { last: -1e9, streak: 0, scrolled: -1e9 };
// How long the frames of a machine that is busy may take.
const SLOW_FRAME = 250;
const PLACING = ['style', 'class', 'transform', 'x', 'y', 'cx', 'cy', 'width', 'height'];

function watchMotion() {
  const observer = new MutationObserver(() => {
    const now = performance.now();
    if (now - motion.last > SLOW_FRAME) motion.streak = 0;
    else if (now - motion.last > 8) motion.streak++;
    motion.last = now;
  });
  observer.observe(document, { subtree: true, attributes: true, attributeFilter: PLACING });
  addEventListener('scroll', () => { motion.scrolled = performance.now(); }, { capture: true, passive: true });
}

const WAKERS = ['animationend', 'animationstart', 'change', 'focusin', 'focusout', 'hashchange', 'input', 'load',
  'popstate', 'resize', 'scroll', 'scrollend', 'slotchange', 'toggle', 'transitionend', 'transitionrun'];

// Resolves with what `test` returns, as soon as it is not undefined; with undefined after `ms`.
// `test` may return a promise.
async function until(ms, test) {
  const deadline = performance.now() + ms;
  let result = await test();
  if (result !== undefined || ms <= 0) return result;
  let dirty = true, wake = () => {};
  const touch = () => { dirty = true; wake(); };
  const observer = new MutationObserver(touch);
  const watched = new Set();
  const watch = (root) => {
    if (watched.has(root)) return;
    watched.add(root);
    observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  };
  watch(document);
  for (const name of WAKERS) addEventListener(name, touch, { capture: true, passive: true });
  try {
    let quiet = 0;
    while (performance.now() < deadline) {
      // Nothing says when a property changes or a style sheet arrives: look now and then anyway.
      if (dirty || ++quiet >= 4) {
        dirty = false;
        quiet = 0;
        for (const host of shadowHosts(document)) watch(host.shadowRoot);
        const began = performance.now();
        result = await test();
        if (result !== undefined) return result;
        // A test that is expensive must not be all the page does.
        if (performance.now() - began > 8) { await nextFrame(); continue; }
      }
      await Promise.race([nextFrame(), new Promise((resolve) => { wake = resolve; })]);
    }
    return undefined;
  } finally {
    observer.disconnect();
    for (const name of WAKERS) removeEventListener(name, touch, { capture: true });
  }
}
