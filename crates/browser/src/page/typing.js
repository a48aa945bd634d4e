// Typing: whether keys and text go where they are meant to.

// The element that the next keys are meant for. Between the moment it got the focus and the moment
// the browser types, the page may have moved the focus; what would go elsewhere is stopped before
// it gets there. `hit` is whether it arrived, null as long as nothing did.
let typing = null;

const TYPED = ['keydown', 'keypress', 'keyup', 'beforeinput', 'textInput', 'input'];

// `strict` is for text: all of it must arrive. Of a key only its first event must, because many
// keys move the focus.
function typeInto(element, strict) {
  typing = { element, strict, hit: null, stray: null, redrawn: false };
}

function guardTyping(event) {
  if (!typing || !event.isTrusted) return;
  if (typing.strict ? typing.hit !== false : typing.hit === null) {
    const path = event.composedPath();
    typing.hit = path.includes(typing.element);
    if (!typing.hit) {
      typing.redrawn = !typing.element.isConnected;
      typing.stray = focusWentTo(path[0]);
    }
  }
  if (!typing.hit) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

// While keys are meant for another frame, nothing is typed in this one: the page may move the focus
// here, and in time only this side can tell.
function hush({ on }) {
  typing = on ? { element: null, strict: true, hit: false, stray: null, redrawn: false } : null;
  return null;
}

function watchTyping() {
  for (const name of TYPED) addEventListener(name, guardTyping, { capture: true });
}

const focusWentTo = (element) => 'focus went to ' +
  (element && element.nodeType === Node.ELEMENT_NODE && element !== document.body && element !== document.documentElement
    ? describe(element) : 'nothing');

function activeElement() {
  let active = document.activeElement;
  while (active && active.shadowRoot && active.shadowRoot.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

// Gives an element the focus; tells whether it kept it, and notes why not.
function takeFocus(element, note) {
  element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
  element.focus({ preventScroll: true });
  if (!element.isConnected) { note({ class: 'detached', reason: 'redrawn' }); return false; }
  const active = activeElement();
  if (active && contains(element, active)) return true;
  note({ reason: 'unfocusable', blocked_by: focusWentTo(active) });
  return false;
}

// Focuses what keys should go to.
async function focus({ target, ms }) {
  return whenReady(target, ms, (element, note) => {
    element = controlOf(element);
    if (isDisabled(element)) { note({ reason: 'disabled' }); return undefined; }
    const before = fingerprint(element);
    if (!takeFocus(element, note)) return undefined;
    typeInto(element, false);
    return { fingerprint: before };
  });
}

// What keys go to that are pressed without a target.
function focused() {
  typing = null;
  const active = activeElement();
  const any = active && active !== document.body && active !== document.documentElement;
  return { fingerprint: any ? fingerprint(active) : undefined };
}

// What became of what was typed.
function typed() {
  const result = { strayed: typing && typing.hit === false ? typing.stray : undefined, redrawn: !!typing && typing.redrawn };
  // A key that never came here went to where the focus is now: into a frame, which was hushed.
  if (typing && !typing.strict && typing.hit === null) {
    const active = activeElement();
    if (!(active && contains(typing.element, active))) result.strayed = focusWentTo(active);
  }
  typing = null;
  return result;
}

// A text without spaces and capitals.
const squeeze = (text) => fold(text).replace(/\s+/g, '').toLowerCase();
// Its letters and digits.
const bare = (text) => fold(text).replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase();

// Whether what a field holds is what was asked for with something missing and nothing added.
function isCut(held, asked, prefixOnly) {
  const [rest, whole] = [squeeze(held), squeeze(asked)];
  if (rest.length >= whole.length) return false;
  if (prefixOnly) return whole.startsWith(rest);
  let at = 0;
  for (const char of whole) if (at < rest.length && rest.startsWith(char, at)) at += char.length;
  return at === rest.length;
}

// What a field made of the text that was typed into it. A page may format it; nothing of it may be
// missing.
function verdict(element, text, before, arrived) {
  const held = contentOf(element);
  if (fold(held) === fold(text) || squeeze(held) === squeeze(text)) return 'took';
  if (text === '') return held === before ? 'untouched' : 'took';
  if (element.type === 'number' && arrived) {
    return held !== '' && Number(held) === Number(text.replace(',', '.')) ? 'took' : 'cut';
  }
  // An editor may take a part of the text for its own marks.
  if ((held !== '' || arrived) && isCut(held, text, element.isContentEditable)) return 'cut';
  if (held === before && !(bare(held) !== '' && bare(held) === bare(text))) return 'untouched';
  return 'took';
}

// Whether the field took what was typed. A field that was drawn anew meanwhile is looked for, and
// must hold it as well.
async function filled({ target, ms, text, secret }) {
  const arrived = !!typing && typing.hit === true;
  const { strayed, redrawn } = typed();
  // Another document: the page dealt with it by going elsewhere.
  if (!filling) return { verdict: 'took' };
  // The next try comes when the page has had its turn.
  if (strayed) await nextFrame();
  if (strayed) return redrawn ? { verdict: 'redrawn' } : { verdict: 'strayed', blocked_by: strayed };
  // What the page does right after the event. What it does in later frames is not waited for.
  await new Promise((resolve) => setTimeout(resolve));
  let { element } = filling;
  const { before, picked } = filling;
  const holds = (field) => (picked === undefined ? squeeze(contentOf(field)) === squeeze(text)
    : field.value === picked || samePicked(field.value, text));
  if (!element.isConnected) {
    const again = await until(Math.min(ms, 300), () => {
      const { chosen } = find(target);
      if (chosen.length !== 1) return undefined;
      element = controlOf(chosen[0]);
      if (secret) secretFields.add(element);
      return isTyped(element) && holds(element) ? true : undefined;
    });
    if (!again && !element.isConnected) {
      // A page that takes a text may well put something else in the place of its field.
      return { verdict: arrived || picked !== undefined ? 'took' : 'redrawn' };
    }
    const held = isTyped(element) ? contentOf(element) : '';
    if (!again && text !== '' && (held === '' || held === before)) return { verdict: 'redrawn' };
  }
  const active = activeElement();
  if (picked === undefined && !arrived && contentOf(element) === before && !(active && contains(editingHost(element), active))) {
    return { verdict: 'strayed', blocked_by: focusWentTo(active) };
  }
  const hidden = secret || isSecret(element);
  const held = contentOf(element) || '';
  return {
    verdict: picked === undefined ? verdict(element, text, before, arrived) : holds(element) ? 'took' : 'set_back',
    held: hidden ? undefined : cut(held, 200), length: [...held].length, hidden,
    number: element.type === 'number',
    maxlength: element.maxLength > 0 ? element.maxLength : undefined,
  };
}
