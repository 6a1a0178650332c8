// ---- what is selected: conditions that all must hold. Each is written as a search, so that chips, the address and a later report
// mean the same by it.
let conditions = [], changes = 0; // Changes are counted, so that a figure knows if it shows the present selection.
const watchers = [];
let complaints = [];
const selects = () => conditions.length > 0;
const conditionOf = text => {
  const query = parsed(text), parts = query.all ?? [query], ranges = new Map();
  for (const part of parts) {
    const range = part.operator === '=' && part.values.length === 1 ? asRange(part.values[0]) : null;
    if (range) ranges.set(part.name, range);
  }
  const keys = parts.map(part => part.operator === '=' ? part.name : null);
  return { text, query, ranges, key: keys.includes(null) ? text : keys.join('\n'), masks: DATA.sweeps.map(sweep => fitting(sweep, query)) };
};
// A condition in words: lr 0.001 to 0.1 · state done or failed.
const titled = ({ query, text }) => {
  const word = part => {
    if (part.operator !== '=') return null;
    const own = DATA.sweeps.map(sweep => column(sweep, part.name)).find(Boolean), name = own?.label ?? part.name;
    const range = part.values.length === 1 ? asRange(part.values[0]) : null;
    if (!range) return `${name} ${part.values.map(value => value.text).join(' or ')}`;
    const { low, high } = range;
    return withUnit(low === -Infinity ? `${name} up to ${shown(high)}` : high === Infinity ? `${name} from ${shown(low)}` : `${name} ${shown(low)} to ${shown(high)}`, own?.unit);
  };
  const words = (query.all ?? [query]).map(word);
  return words.includes(null) ? text : words.join(' · ');
};

const recount = () => {
  DATA.sweeps.forEach((sweep, at) => {
    if (!selects()) { sweep.chosen = null; sweep.size = sweep.n; return; }
    const [first, ...others] = conditions.map(condition => condition.masks[at]), chosen = first.slice();
    let size = 0;
    for (let row = 0; row < chosen.length; row++) {
      for (const mask of others) chosen[row] &= mask[row];
      size += chosen[row];
    }
    Object.assign(sweep, { chosen, size });
  });
  changes++;
};
const total = key => DATA.sweeps.reduce((sum, sweep) => sum + sweep[key], 0);
const selectedWords = () => `${counted(total('size'))} of ${counted(total('n'))}`;
const setConditions = (next, { quiet = false } = {}) => {
  conditions = next;
  recount();
  if (!quiet) {
    setFragment({ sel: conditions.map(condition => condition.text), brush: '' });
    live.textContent = selects() ? `${selectedWords()} jobs selected` : 'no selection';
  }
  watchers.forEach(watcher => watcher());
};
// Adds a condition; one on the same columns replaces the older.
const choose = text => {
  const condition = conditionOf(text), others = conditions.filter(other => other.key !== condition.key);
  setConditions([...others, condition]);
};
// The conditions that texts are; one that this page cannot judge is told of.
const judge = texts => {
  complaints = [];
  const judged = texts.flatMap(text => {
    try { return [conditionOf(text)]; } catch ({ message }) { complaints.push(`${text}: ${message}`); return []; }
  });
  setConditions(judged, { quiet: true });
};
const clear = () => {
  complaints = [];
  if (selects()) setConditions([]);
};
recount();
