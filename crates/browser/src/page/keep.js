// What a page keeps: read for another session, and written in that one.

// Texts that are no Unicode cannot be handed over, and are left out.
function entriesOf(area) {
  const entries = {};
  for (let at = 0; at < area.length; at++) {
    const key = area.key(at), value = area.getItem(key);
    if (key.isWellFormed() && value.isWellFormed()) {
      Object.defineProperty(entries, key, { value, enumerable: true });
    }
  }
  return entries;
}

// As text, because there can be megabytes of it; null where a page may keep nothing.
function storage() {
  try {
    return JSON.stringify({
      origin: location.origin, local: entriesOf(localStorage), session: entriesOf(sessionStorage),
    });
  } catch {
    return null;
  }
}

function putStorage({ local, session }) {
  for (const [area, entries] of [[localStorage, local], [sessionStorage, session]]) {
    for (const [key, value] of Object.entries(entries || {})) area.setItem(key, value);
  }
  return null;
}
