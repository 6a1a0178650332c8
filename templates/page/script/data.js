// ---- the page's data: columns are functions from a job's row to its value.
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const pairs = text => new Uint16Array(bytes(text).buffer);
// A missing number is NaN, a missing text is `none`. `digits` says how exact numbers are, `snap` gives the number that
// stands for one in such a column, `words` are the texts.
const unpack = (packed, none = '') => {
  if (packed === null) return row => row;
  const of = (at, digits = 17, snap = number => number) => Object.assign(at, { digits, snap });
  if (packed.words) {
    const at = packed.u1 ? bytes(packed.u1) : packed.u2 ? pairs(packed.u2) : null;
    return Object.assign(row => packed.words[at ? at[row] : 0] ?? none, { words: packed.words });
  }
  if (packed.u1) {
    const at = bytes(packed.u1);
    return of(row => packed.of[at[row]] ?? NaN);
  }
  if (packed.f4) {
    const values = new Float32Array(bytes(packed.f4).buffer);
    return of(row => values[row], 7, Math.fround);
  }
  if (!packed.u2) return of(() => packed.of[0] ?? NaN); // All the same.
  const at = pairs(packed.u2), scale = packed.ratio ? Math.log : x => x, back = packed.ratio ? Math.exp : x => x;
  const low = scale(packed.low), width = scale(packed.high) - low, value = step => back(low + width * step / 65534);
  const snap = number => number < packed.low || number > packed.high ? number : value(Math.round((scale(number) - low) / width * 65534));
  return of(row => at[row] === 65535 ? NaN : value(at[row]), 4, snap);
};
// A function that says of a row whether its bit is set; of all rows where there are no bits.
const rowsOf = bits => {
  const mask = bits && bytes(bits);
  return row => !mask || Boolean((mask[row >> 3] >> (row & 7)) & 1);
};
const prepared = data => {
  for (const [at, sweep] of data.sweeps.entries()) {
    sweep.group = { name: sweep.name, sweep: at, rows: null, has: () => true }; // All of its jobs.
    sweep.id = unpack(sweep.ids);
    sweep.state = unpack(sweep.states);
    sweep.lost = sweep.lost ? rowsOf(sweep.lost) : () => false;
    sweep.by = new Map();
    for (const column of sweep.columns) {
      const at = column.same ? sweep.by.get(column.same).at : unpack(column.values);
      sweep.by.set(column.name, { ...column, at });
    }
    sweep.rowOf = new Map();
    for (let row = 0; row < sweep.n; row++) sweep.rowOf.set(sweep.id(row), row);
    sweep.chosen = null; // A Uint8Array with a 1 for each job that is selected.
    // What a search for words finds: numbers as they are shown, and as they are typed.
    sweep.text = row => [jobName(sweep, row), sweep.state(row), ...[...sweep.by.values()].map(c => c.at.words ? c.at(row) : `${told(c, row)} ${typed(c.at(row))}`)].join(' ').toLowerCase();
  }
  for (const group of data.groups) group.has = rowsOf(group.rows);
  return data;
};
const DATA = prepared(JSON.parse(document.getElementById('data').textContent));

// A value as exact as its column is.
const exact = (value, digits) => digits < 17 ? +value.toPrecision(digits) : value;
const plain = (at, row) => typeof at(row) === 'number' ? exact(at(row), at.digits) : at(row);
// It in words; whole numbers have all their digits.
const told = ({ at, whole }, row) => {
  const value = plain(at, row);
  return whole && Number.isInteger(value) && Math.abs(value) < 10 ** Math.min(at.digits, 15) ? `${value < 0 ? '−' : ''}${grouped(String(Math.abs(value)))}` : shown(value);
};
const withUnit = (text, unit) => unit && text !== '–' ? `${text} ${unit}` : text;
const measured = (column, row) => withUnit(told(column, row), column.unit);
const titleOf = ({ label, unit }) => unit ? `${label} (${unit})` : label;
const jobName = (sweep, row) => String(sweep.id(row)).padStart(6, '0');
