// What must hold after a step, and what the page says when it does not.

function unmet({ title, present, gone, text, value }) {
  const open = [];
  if (title != null && fold(document.title) !== fold(title)) {
    open.push({ name: 'title', found: document.title });
  }
  if (present) {
    const found = find(present);
    if (found.chosen.length === 0) open.push({ name: 'present', failure: found });
  }
  if (gone) {
    const found = find(gone);
    if (found.chosen.length > 0) {
      open.push({ name: 'gone', count: found.chosen.length, matched: found.chosen.slice(0, 10).map(describe) });
    }
  }
  if (text != null && !shows(text)) open.push({ name: 'text' });
  if (value) {
    const found = find(value.target);
    if (found.chosen.length !== 1) open.push({ name: 'value', failure: found });
    else if (!holds(controlOf(found.chosen[0]), value.equals)) {
      open.push({ name: 'value', found: shownValue(controlOf(found.chosen[0])), matched: [describe(found.chosen[0])] });
    }
  }
  return open;
}

// Whether a person can read a text on the page.
function shows(text) {
  const wanted = fold(text);
  const body = document.body;
  if (!body) return false;
  if (fold(body.innerText).includes(wanted)) return true;
  // Below shadow roots, in other writing (a style sheet's capitals), in frames of the same origin.
  if (byText(document, wanted, false).some((element) => isVisible(element) && fold(rawText(element)).includes(wanted))) {
    return true;
  }
  return sameOriginFrames(document).some(({ inner }) =>
    inner.body && fold(inner.body.innerText).includes(wanted));
}

function holds(control, equals) {
  if (control.tagName === 'SELECT') {
    return [...control.selectedOptions].some((option) => option.value === equals || fold(option.label) === fold(equals));
  }
  const ticked = tickState(control);
  if (ticked !== null && ['true', 'false'].includes(equals)) return String(ticked) === equals;
  if (control.isContentEditable) return fold(control.innerText) === fold(equals);
  return control.value === equals;
}

function shownValue(control) {
  if (isSecret(control)) return MASK;
  const ticked = tickState(control);
  if (ticked !== null) return String(ticked);
  return cut(textOf(control), 200);
}

// Waits until the conditions hold; resolves with those that do not.
async function check({ conditions, ms }) {
  let open = [];
  await until(ms, () => {
    open = unmet(conditions);
    return open.length === 0 ? true : undefined;
  });
  return open.map((one) => (one.failure ? { ...one, failure: notFound(one.failure) } : one));
}

// Waits for a state of a target other than being ready to be acted upon.
async function waitFor({ target, state, ms }) {
  let last = null;
  const done = await until(ms, () => {
    last = find(target);
    const attached = last.visible.length + last.hidden.length;
    switch (state) {
      case 'hidden': return last.outer || last.chosen.length === 0 ? {} : undefined;
      case 'attached': return attached > 0 ? {} : undefined;
      case 'detached': return last.outer || attached === 0 ? {} : undefined;
      default: return last.chosen.length === 1 ? { fingerprint: fingerprint(last.chosen[0]) } : undefined;
    }
  });
  if (done) return done;
  if (state === 'hidden' || state === 'detached') {
    const left = [...last.visible, ...last.hidden];
    return { failure: { class: 'timeout', reason: 'still_there', count: left.length, matched: left.slice(0, 10).map(describe) } };
  }
  return { failure: notFound(last) };
}

const COMPLAINTS = '[role=alert], [aria-live=assertive], .error, .errors, .errorlist, .errornote, .error-message, ' +
  '.alert-danger, .alert-error, .invalid-feedback, .help-block.error, .field-error, .form-error, .flash-error, ' +
  '.message.error, .messages .error, [class*="errorMessage" i], [class*="error-text" i]';

// What the page says against what was done, and what kind of page it is.
function explain() {
  const complaints = [];
  for (const element of queryAll(document, COMPLAINTS)) {
    const text = cut(fold(visibleText(element)), 200);
    const inside = complaints.some((other) => other.includes(text) || text.includes(other));
    if (text && !inside && isVisible(element) && complaints.length < 3) complaints.push(text);
  }
  const invalid = [];
  for (const control of queryAll(document, 'input:user-invalid, select:user-invalid, textarea:user-invalid, [aria-invalid=true]')) {
    if (isVisible(control) && invalid.length < 5) {
      invalid.push({ field: labelTexts(control).map(fold).find(Boolean) || control.name || describe(control),
        says: control.validationMessage || '' });
    }
  }
  return { complaints, invalid, login: asksForLogin(), challenge: challenge() };
}

const ENTERS = /\b(log|sign)[ -]?(in|on)\b/i;
const LEAVES = /\b(log|sign)[ -]?(out|off)\b/i;
const CHOOSES = /\b(add|change|choose|create|edit|forg[eo]t(ten)?|new|register|reset|set|sign[ -]?up|update)\b/i;
const WAYS_OUT = ['logout', 'log-out', 'log_out', 'logoff', 'signout', 'sign-out', 'sign_out', 'signoff']
  .flatMap((word) => [`a[href*="${word}" i]`, `form[action*="${word}" i]`]).join(', ');
const BUTTONS = 'button, input[type=submit], input[type=button], input[type=image], [role=button]';

// Whether the page asks who one is. One password is asked for then: two, or a new one, are about to
// be set. And where one can log out, one is logged in.
function asksForLogin() {
  const passwords = queryAll(document, 'input[type=password]').filter(isVisible);
  if (passwords.length > 1 || passwords.some((field) => /new-password/i.test(field.autocomplete))) return false;
  const called = (selector, words) =>
    queryAll(document, selector).some((element) => isVisible(element) && words.test(nameOf(element)));
  if (queryAll(document, WAYS_OUT).length > 0 || called(`a, [role=menuitem], ${BUTTONS}`, LEAVES)) return false;
  const titles = [document.title, ...queryAll(document, 'h1, h2, legend').filter(isVisible).map(visibleText)];
  if (titles.some((title) => CHOOSES.test(title)) && !titles.some((title) => ENTERS.test(title))) return false;
  if (passwords.length === 1) return true;
  // Some ask for the name first, and for nothing else.
  const fields = queryAll(document, 'input:not([type=hidden]), textarea, select')
    .filter((field) => isVisible(field) && isTyped(field));
  const names = /user|login|mail|account/i;
  const user = fields.length === 1 && [fields[0].autocomplete, fields[0].type, fields[0].name, fields[0].id]
    .some((word) => names.test(word));
  return user && called(BUTTONS, ENTERS);
}

const CAPTCHAS = {
  reCAPTCHA: 'iframe[src*="recaptcha/" i]:not([src*="size=invisible" i]), .g-recaptcha:not([data-size=invisible])',
  hCaptcha: 'iframe[src*="hcaptcha.com" i], .h-captcha:not([data-size=invisible])',
  Turnstile: 'iframe[src*="challenges.cloudflare.com" i], .cf-turnstile',
  'a captcha': 'iframe[src*="captcha" i], img[src*="captcha" i], [id*="captcha" i] input',
};

// A test for humans that is in sight, or a page that asks for a one-time code.
function challenge() {
  for (const [name, selector] of Object.entries(CAPTCHAS)) {
    if (queryAll(document, selector).some(isVisible)) return name;
  }
  const code = queryAll(document, 'input[autocomplete="one-time-code"], input[name="otp" i], input[name="totp" i], ' +
    'input[name*="one_time" i], input[name="otp_token" i], input[id="otp" i]').some(isVisible);
  return code ? 'a one-time code' : undefined;
}
