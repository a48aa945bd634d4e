// Controls: typing into them, choosing, ticking, giving files.

const controlOf = (element) => (element.tagName === 'LABEL' && element.control ? element.control : element);

// Fields that people fill with a picker, with the format scripts give their values in. Typing into
// them depends on the browser's language, so their value is set, with the events a person causes.
const PICKED = {
  date: 'YYYY-MM-DD', time: 'HH:MM', 'datetime-local': 'YYYY-MM-DDTHH:MM', month: 'YYYY-MM',
  week: 'YYYY-Www', color: '#rrggbb', range: 'a number in its range',
};

const UNTYPED = new Set(['checkbox', 'radio', 'file', 'button', 'submit', 'reset', 'image', 'hidden']);

const isTyped = (element) => element.isContentEditable || element.tagName === 'TEXTAREA' ||
  (element.tagName === 'INPUT' && !UNTYPED.has(element.type));

function changed(element) {
  element.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  element.dispatchEvent(new Event('change', { bubbles: true }));
}

const contentOf = (element) => (element.isContentEditable ? element.innerText : element.value);

// The field that is being filled.
let filling = null;

// Gets a field ready for typing: focused, with everything in it selected, so that what is typed
// replaces it. Fields that are set and not typed into are set at once.
async function fill({ target, ms, text, secret }) {
  return whenReady(target, ms, (element, note) => {
    element = controlOf(element);
    if (element.tagName === 'SELECT') {
      return unsuitable(element, 'it is a select; use the action `select`');
    }
    if (!isTyped(element)) return unsuitable(element, 'it is not something that can be typed into');
    if (isDisabled(element)) { note({ reason: 'disabled' }); return undefined; }
    if (isReadOnly(element)) { note({ reason: 'readonly' }); return undefined; }
    const before = fingerprint(element);
    const format = element.tagName === 'INPUT' && PICKED[element.type];
    const host = element.isContentEditable ? editingHost(element) : element;
    const kept = takeFocus(host, note);
    if (secret) secretFields.add(element); else secretFields.delete(element);
    if (format && element.isConnected) return setPicked(element, text, format, before);
    if (!kept) return undefined;
    if (element.isContentEditable) getSelection().selectAllChildren(element);
    else element.select();
    const content = contentOf(element);
    filling = { element, before: content };
    if (content === '' && text === '') { typing = null; return { mode: 'done', fingerprint: before }; }
    typeInto(host, true);
    return { mode: 'type', fingerprint: before };
  });
}

// Whether a value is the one that was asked for, as such fields write it.
const samePicked = (value, text) => value === text || value === text.toLowerCase() ||
  (text !== '' && value !== '' && Number(value) === Number(text)) ||
  (value !== '' && value.startsWith(text) && /^:00(\.0+)?$/.test(value.slice(text.length)));

function setPicked(element, text, format, before) {
  filling = { element, before: element.value };
  element.value = text;
  if (!samePicked(element.value, text) && !(element.type === 'color' && text === '')) {
    return { failure: { class: 'validation_rejected', reason: 'format', message: format, matched: [describe(element)] } };
  }
  filling.picked = element.value;
  typing = null;
  changed(element);
  return { mode: 'picked', fingerprint: before };
}

// The element that is edited when something in it is: what takes the focus.
function editingHost(element) {
  let host = element;
  while (host.parentElement && host.parentElement.isContentEditable) host = host.parentElement;
  return host;
}

// The choice that was made last: of what, which values, and what was chosen before.
let choosing = null;

// What stays of an option's text when somebody only writes it otherwise: in capitals, with other
// spaces, as a word of code, with a full stop. Signs that make a difference (C++, -1, <18) stay.
const loosely = (text) => fold(text.normalize('NFKC')).toLowerCase()
  .replace(/(?<=\p{L})[\s_\p{Pd}]+(?=\p{L})/gu, ' ').replace(/^["'“”‘’«»]+|["'“”‘’«».:;,!?…]+$/gu, '');

// The options a text may mean: the one with that value, else those with that label, else those that
// say the same in another spelling.
function optionsLike(all, text) {
  const byValue = all.find((option) => option.value === text);
  if (byValue) return [byValue];
  let same = all.filter((option) => fold(option.label) === fold(text) || fold(option.text) === fold(text));
  const loose = loosely(text);
  if (same.length === 0 && loose) {
    same = all.filter((option) => [option.value, option.label, option.text].some((it) => loosely(it) === loose));
  }
  // Options with one value are one choice.
  return same.filter((option, at) => same.findIndex((other) => other.value === option.value) === at);
}

// What an option is called: its label, and its value where that says nothing.
function optionName(option) {
  const label = fold(option.label);
  return /[\p{L}\p{N}]/u.test(label) ? label : `${label} (value "${option.value}")`.trim();
}

const valuesOf = (select) => [...select.selectedOptions].map((option) => option.value);

// Whether a select still holds what was chosen, after the page heard of it.
async function chosen({ target, secret }) {
  if (!choosing) return {};
  let { select } = choosing;
  if (!select.isConnected) {
    const again = find(target).chosen;
    if (again.length !== 1) return {};
    select = controlOf(again[0]);
    if (select.tagName !== 'SELECT') return {};
    if (secret) secretFields.add(select);
  }
  const now = valuesOf(select);
  if (now.length === choosing.values.length && now.every((value) => choosing.values.includes(value))) return {};
  return { now: secret ? '' : [...select.selectedOptions].map((option) => fold(option.label)).join(', ') };
}

// Chooses options of a select by value or label. The choice is made by script, as the list that
// opens on a click is drawn by the system and out of reach; the events are those of a choice.
async function choose({ target, ms, options, secret }) {
  return whenReady(target, ms, (element, note) => {
    const select = controlOf(element);
    if (select.tagName !== 'SELECT') {
      return unsuitable(select, 'it is not a select; click it, then click the option');
    }
    if (options.length > 1 && !select.multiple) {
      return unsuitable(select, 'it takes one option only');
    }
    if (isDisabled(select)) { note({ reason: 'disabled' }); return undefined; }
    const all = [...select.options];
    const like = options.map((option) => optionsLike(all, option));
    const unclear = like.findIndex((found) => found.length > 1);
    if (unclear >= 0) {
      note({ class: 'ambiguous_match', reason: 'options', option: unclear, count: like[unclear].length,
        has: like[unclear].slice(0, 30).map((option) => option.value) });
      return undefined;
    }
    const wanted = like.map(([option]) => option);
    const missing = wanted.findIndex((option) => !option);
    if (missing >= 0) {
      note({ class: 'element_not_found', reason: 'no_option', option: missing,
        has: all.slice(0, 30).map(optionName) });
      return undefined;
    }
    const off = wanted.findIndex((option) => option.matches(':disabled'));
    if (off >= 0) { note({ reason: 'option_disabled', option: off }); return undefined; }
    const before = fingerprint(select);
    if (secret) secretFields.add(select);
    select.focus({ preventScroll: true });
    if (select.multiple) for (const option of all) option.selected = wanted.includes(option);
    else select.selectedIndex = all.indexOf(wanted[0]);
    choosing = { select, values: wanted.map((option) => option.value) };
    changed(select);
    return { fingerprint: before };
  });
}

// Whether something that can be ticked is; null when it cannot be.
function tickState(element) {
  if (element.tagName === 'INPUT' && (element.type === 'checkbox' || element.type === 'radio')) return element.checked;
  if (['checkbox', 'radio', 'switch', 'menuitemcheckbox', 'menuitemradio'].includes(roleOf(element))) {
    return element.getAttribute('aria-checked') === 'true';
  }
  return null;
}

const isRadio = (element) => roleOf(element) === 'radio' || roleOf(element) === 'menuitemradio';

// Waits until what was clicked is ticked as wanted: some pages ask a server first.
async function whenTicked({ wanted, ms }) {
  const done = await until(ms, () => (!held || !held.isConnected || tickState(held) === wanted ? true : undefined));
  return { done: done === true };
}

// Finds a file input: itself, or the one a label or a drop zone contains. It may be hidden, as
// most are that have been made pretty.
async function fileInput({ target, ms, several }) {
  return whenReady(target, ms, (element, note) => {
    let input = controlOf(element);
    if (input.type !== 'file') {
      const inside = queryAll(element, 'input[type=file]');
      input = inside.length === 1 ? inside[0] : null;
    }
    if (!input) {
      held = element;
      return { chooser: true, fingerprint: fingerprint(element) };
    }
    if (isDisabled(input)) { note({ reason: 'disabled' }); return undefined; }
    if (several && !input.multiple) return unsuitable(input, 'it takes one file only');
    held = input;
    return { fingerprint: fingerprint(input) };
  }, (element) => isVisible(element) || element.type === 'file');
}

// Puts files into a file input from inside the page, for browsers that cannot read our disk.
function putFiles(input, files) {
  const transfer = new DataTransfer();
  for (const { name, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  input.files = transfer.files;
  changed(input);
}
