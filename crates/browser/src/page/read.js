// Reading from the page.

// What a person would copy from an element.
function textOf(element) {
  if (element.tagName === 'SELECT') return [...element.selectedOptions].map((option) => fold(option.text)).join(', ');
  if (element.tagName === 'INPUT' || element.tagName === 'TEXTAREA') {
    return isSecret(element) ? (element.value ? MASK : '') : element.value;
  }
  if (isSecret(element)) return MASK;
  // Only what changes is matched, as in `fold`.
  return visibleText(element).replace(/[^\S\n]{2,}|[^\S \n]/g, ' ').replace(/ \n ?|\n /g, '\n').trim();
}

// One extract holds this many characters at most: all of it is kept and sent on.
const EXTRACT = 1_000_000;

// A value, unless it is too much; `texts` are the texts in it.
function bounded(value, texts, element) {
  const count = texts.reduce((sum, text) => sum + text.length, 0);
  if (count > EXTRACT) {
    return { failure: { reason: 'too_long', count, matched: [describe(element)], message: String(EXTRACT) } };
  }
  return { value, fingerprint: fingerprint(element) };
}

// Something empty has no size and can be read all the same, if nothing hides it.
const isRendered = (element) => element.isConnected && element.checkVisibility({ visibilityProperty: true });

async function read({ target, ms, shape, attribute }) {
  if (shape === 'list' || shape === 'table') {
    let last = null;
    const found = await until(ms, () => {
      last = find(target);
      return last.chosen.length ? last.chosen : undefined;
    });
    if (!found) return { failure: notFound(last) };
    if (shape === 'list') {
      const texts = found.map(textOf);
      return bounded(texts, texts, found[0]);
    }
    return readTable(found, target);
  }
  return whenReady(target, ms, (element) => {
    if (shape !== 'attribute') {
      const text = textOf(element);
      return bounded(text, [text], element);
    }
    const value = attribute === 'value' && element.value !== undefined
      ? (isSecret(element) ? MASK : element.value) : element.getAttribute(attribute);
    if (value === null) {
      const has = element.getAttributeNames();
      return { failure: { class: 'element_not_found', reason: 'no_attribute', has, matched: [describe(element)] } };
    }
    return bounded(value, [String(value)], element);
  }, isVisible, isRendered);
}

// The rows of a table, or those of its rows that were found, each an object keyed by the cells of
// the table's header.
function readTable(found, target) {
  const tableOf = (element) => element.closest('table, [role=table], [role=grid], [role=treegrid]') ||
    element.querySelector('table, [role=table], [role=grid], [role=treegrid]');
  const table = tableOf(found[0]);
  if (!table) return unsuitable(found[0], 'there is no table at it');
  if (found.length > 1 && found.some((element) => !isRow(element) || tableOf(element) !== table)) {
    return { failure: { class: 'ambiguous_match', count: found.length, matched: found.slice(0, 10).map(describe) } };
  }
  const rows = queryAll(table, 'tr, [role=row]').filter((row) => tableOf(row) === table);
  const head = headerOf(rows);
  const wanted = found.every(isRow) ? found : rows;
  const value = wanted.filter((row) => row !== head.row && cellsOf(row).length > 0 && isVisible(row) && !isHeader(row))
    .map((row) => {
      const record = {};
      cellsOf(row).forEach((cell, at) => {
        let name = head.names[at] || `column ${at + 1}`;
        if (name in record) name = `${name} (${at + 1})`;
        record[name] = textOf(cell) || controlText(cell);
      });
      return record;
    });
  return bounded(value, value.flatMap((record) => Object.entries(record).flat()), found[0]);
}

const isRow = (element) => element.tagName === 'TR' || element.getAttribute('role') === 'row';

function cellsOf(row) {
  const own = [...row.children].filter((cell) => ['TD', 'TH'].includes(cell.tagName) ||
    ['cell', 'gridcell', 'columnheader', 'rowheader'].includes(cell.getAttribute('role')));
  // A cell that spans several columns stands for each of them.
  return own.flatMap((cell) => Array(Math.min(cell.colSpan || 1, 50)).fill(cell));
}

const isHeader = (row) => {
  const cells = cellsOf(row);
  return cells.length > 0 && cells.every((cell) => cell.tagName === 'TH' || cell.getAttribute('role') === 'columnheader');
};

function headerOf(rows) {
  const row = rows.find((other) => other.closest('thead') || isHeader(other)) || null;
  return { row, names: row ? cellsOf(row).map(headerText) : [] };
}

// What a header says, as it was written: capitals that a style sheet makes are no part of a name, nor
// is what follows the link that sorts by it ("Title", "1-5 of 5").
function headerText(cell) {
  const texts = [];
  let control = null;
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || !node.parentElement || !isVisible(node.parentElement)) continue;
    if (!texts.length) control = node.parentElement.closest('a, button');
    if (control && !control.contains(node)) break;
    texts.push(node.data);
  }
  return fold(texts.join(' '));
}

// What a cell says without words: a ticked box, a picture.
function controlText(cell) {
  const control = cell.querySelector('input, select, textarea, img[alt]');
  if (!control) return '';
  if (control.type === 'checkbox' || control.type === 'radio') return String(control.checked);
  if (control.tagName === 'IMG') return control.alt;
  return textOf(control);
}
