// ---- the language of searches and selections: done, lr=1e-3..1e-1, (state=failed or -opt=sgd,adam), "two words".
// A test says of a row if it fits: of a text, or of a column by a range, by words, or by its sign.
const lexed = text => {
  const found = [...text.matchAll(/\s*("(?:[^"]|"")*"?|<=|>=|!=|[<>=(),]|(?:[^\s"<>=!(),]|!(?!=))+|!)/g)].map(match => match[1]);
  return found.map(part => part.startsWith('"') ? { quoted: true, text: part.slice(1).replace(/"$/, '').replaceAll('""', '"') } : { text: part });
};
const OPERATORS = ['<', '>', '<=', '>=', '=', '!='];
const parsed = text => {
  const left = lexed(text), is = (...words) => !!left[0] && !left[0].quoted && words.includes(left[0].text.toLowerCase());
  const either = () => {
    const parts = [every()];
    while (is('or')) { left.shift(); parts.push(every()); }
    return parts.length > 1 ? { any: parts } : parts[0];
  };
  const every = () => {
    const parts = [];
    while (left.length && !is('or', ')')) {
      if (is('and', ',')) left.shift();
      else parts.push(one());
    }
    if (!parts.length) throw new Error(left.length || text.trim() ? 'something is missing beside `or`, or in parentheses' : 'nothing');
    return parts.length > 1 ? { all: parts } : parts[0];
  };
  const one = () => {
    if (is('not', '-')) { left.shift(); return { not: one() }; }
    if (is('(')) {
      left.shift();
      const inner = either();
      if (!is(')')) throw new Error('`)` is missing');
      left.shift();
      return inner;
    }
    const word = left.shift();
    if (!word.quoted && OPERATORS.includes(word.text)) throw new Error(`a name is missing before \`${word.text}\``);
    if (!word.quoted && /^-./.test(word.text)) { left.unshift({ text: word.text.slice(1) }); return { not: one() }; }
    if (!is(...OPERATORS)) return { text: word.text.toLowerCase() };
    const operator = left.shift().text, values = [];
    do {
      const value = left.shift();
      if (!value || (!value.quoted && [...OPERATORS, '(', ')', ','].includes(value.text))) throw new Error(`a value is missing after \`${word.text}${operator}\``);
      values.push(value);
    } while (is(',') && left.shift());
    return { name: word.text, operator, values };
  };
  const whole = either();
  if (left.length) throw new Error('`)` has no `(`');
  return whole;
};

// What a value of a test stands for: a range of numbers, or a text; `none` is a value that is missing.
const asRange = ({ text, quoted }) => {
  const ends = quoted ? null : /^(.*?)\.\.(.*)$/.exec(text);
  if (!ends) return null;
  const [low, high] = [ends[1] === '' ? -Infinity : number(ends[1]), ends[2] === '' ? Infinity : number(ends[2])];
  return Number.isNaN(low) || Number.isNaN(high) ? null : { low, high };
};

// The columns by what they may be called: their name, their label, the last part of either.
const NAMED = ['job', 'state', 'sweep', 'group'];
const column = (sweep, name) => {
  const wanted = name.toLowerCase(), columns = [...sweep.by.values()];
  const last = text => text.toLowerCase().split('.').at(-1);
  return columns.find(c => c.name.toLowerCase() === wanted) ?? columns.find(c => c.label.toLowerCase() === wanted)
    ?? columns.find(c => last(c.name) === wanted || last(c.label) === wanted);
};
const distance = (a, b) => {
  let row = [...b].map((_, at) => at + 1);
  [...a].forEach((letter, i) => {
    let before = i, left = i + 1;
    row = row.map((up, at) => { const next = Math.min(up + 1, left + 1, before + (letter !== b[at])); before = up; left = next; return next; });
  });
  return row.at(-1) ?? a.length;
};
const unknown = name => {
  const known = [...new Set([...NAMED, ...DATA.sweeps.flatMap(sweep => [...sweep.by.values()].flatMap(c => [c.label, c.name]))])];
  const near = known.map(other => [distance(name.toLowerCase(), other.toLowerCase()), other]).sort((a, b) => a[0] - b[0])[0];
  return new Error(`no column is called \`${name}\`${near ? `; the nearest is \`${near[1]}\`` : ''}`);
};
const lacks = value => value === '' || Number.isNaN(value);

// A test of numbers. Both sides are as exact as the column is, and a number equals those that are shown as it is.
const numeric = (at, operator, value, name) => {
  const range = asRange(value), given = number(value.text), snap = at.snap ?? (x => x);
  if (!range && Number.isNaN(given)) throw new Error(`\`${name}\` has numbers, and \`${value.text}\` is none: ${name}<0.1, ${name}=1e-3..1e-1`);
  if (range) {
    const [low, high] = [snap(range.low), snap(range.high)];
    return row => at(row) >= low && at(row) <= high;
  }
  const bound = snap(given), brief = shown(given), isBrief = number(brief.replaceAll(',', '')) === given;
  const same = x => x === bound || (isBrief && Math.abs(x - given) <= 1e-3 * Math.abs(given) && shown(exact(x, at.digits)) === brief);
  return { '<': row => at(row) < bound, '>': row => at(row) > bound, '<=': row => at(row) <= bound, '>=': row => at(row) >= bound,
    '=': row => same(at(row)), '!=': row => same(at(row)) }[operator];
};
const worded = (at, operator, value, name) => {
  if (operator !== '=' && operator !== '!=') throw new Error(`\`${name}\` has words, which have no order: ${name}=${value.text}`);
  const wanted = value.text.toLowerCase();
  return row => at(row).toLowerCase() === wanted;
};
const valueTest = (sweep, name) => {
  const wanted = name.toLowerCase(), own = column(sweep, name);
  if (own) return [own.at, own.at.words ? worded : numeric];
  if (wanted === 'job') return [sweep.id, numeric];
  if (wanted === 'state') return [sweep.state, worded];
  if (wanted === 'sweep') return [() => sweep.name, worded];
  return null;
};
const test = (sweep, { name, operator, values }) => {
  const found = valueTest(sweep, name), among = name.toLowerCase() === 'group';
  if (!found && among) {
    const groups = DATA.groups.filter(group => DATA.sweeps[group.sweep] === sweep && values.some(value => value.text === group.name));
    return row => groups.some(group => group.has(row)) === (operator === '=');
  }
  if (!found) {
    if (!DATA.sweeps.some(other => valueTest(other, name))) throw unknown(name);
    return () => false;
  }
  const [at, make] = found;
  const tests = values.map(value => !value.quoted && value.text.toLowerCase() === 'none' ? row => lacks(at(row)) : make(at, operator, value, name));
  const any = tests.length === 1 ? tests[0] : row => tests.some(one => one(row));
  return operator === '!=' ? row => !any(row) : any;
};
const bound = (sweep, part) => {
  if (part.all || part.any) {
    const tests = (part.all ?? part.any).map(one => bound(sweep, one));
    return part.all ? row => tests.every(one => one(row)) : row => tests.some(one => one(row));
  }
  if (part.not) {
    const inner = bound(sweep, part.not);
    return row => !inner(row);
  }
  return part.name === undefined ? row => sweep.text(row).includes(part.text) : test(sweep, part);
};
// A 1 for each job of a sweep that fits.
const fitting = (sweep, query) => {
  const fits = bound(sweep, query), rows = new Uint8Array(sweep.n);
  for (let row = 0; row < sweep.n; row++) if (fits(row)) rows[row] = 1;
  return rows;
};
const quoted = text => /^[^\s"<>=!(),-][^\s"<>=!(),]*$/.test(text) && !/^(or|and|not|none)$/i.test(text) && !text.includes('..') ? text : `"${text.replaceAll('"', '""')}"`;
