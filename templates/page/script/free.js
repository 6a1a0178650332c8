// ---- a scatter plot whose axes, color and scales are chosen from all columns.
const chosenAxes = { x: '', y: '', color: '', log: null };
const columnsOfAll = () => {
  const found = new Map();
  for (const sweep of DATA.sweeps) for (const own of sweep.by.values()) if (!own.same && !found.has(own.name)) found.set(own.name, titleOf(own));
  return found;
};
// What a column is over all sweeps: its words, or its numbers.
const acrossSweeps = name => {
  const ats = DATA.sweeps.map(sweep => sweep.by.get(name)?.at), words = [...new Set(ats.flatMap(at => at?.words ?? []))];
  const values = function* () {
    for (const [index, sweep] of DATA.sweeps.entries()) for (let row = 0; ats[index] && row < sweep.n; row++) yield ats[index](row);
  };
  return { label: columnsOfAll().get(name) ?? name, words: words.length ? words : null, values };
};
const freeAxis = (name, isLog) => {
  const { label, words, values } = acrossSweeps(name);
  if (words) return { label, words: words.slice(0, 24), span: [-0.6, Math.min(24, words.length) - 0.4], log: false };
  const mayLog = [...values()].every(value => Number.isNaN(value) || value > 0), log = mayLog && (isLog ?? isWide(values()));
  return { label, span: spanOf(values(), log), log, mayLog };
};
// A color for each job: a series for each word, or a ramp from the least to the greatest number.
const ramp = () => [0, 1, 2, 3, 4].map(at => getComputedStyle(document.documentElement).getPropertyValue(`--r${at}`).trim());
const SHADES = 24;
const coloring = name => {
  if (name === '' ) return { of: DATA.sweeps.map((_, at) => () => at), colors: DATA.sweeps.map((_, at) => ink($('i', { class: seriesOf(at) }))), keys: DATA.sweeps.length > 1 ? DATA.sweeps.map((sweep, at) => [seriesOf(at), sweep.name]) : [] };
  const { words, values } = name === 'state' ? { words: [...new Set(DATA.sweeps.flatMap(sweep => sweep.state.words))] } : acrossSweeps(name);
  const ats = DATA.sweeps.map(sweep => name === 'state' ? sweep.state : sweep.by.get(name)?.at);
  if (words) {
    const series = word => Math.min(6, words.indexOf(word));
    const keys = words.slice(0, 6).map((word, at) => [`s${at}`, word]);
    if (words.length > 6) keys.push(['s6', words.length === 7 ? words[6] : `${words.length - 6} others`]);
    return { of: ats.map(at => row => at && at(row) !== '' ? series(at(row)) : -1), colors: [0, 1, 2, 3, 4, 5, 6].map(at => ink($('i', { class: `s${at}` }))), keys };
  }
  const log = isWide(values()), [low, high] = spanOf(values(), log), scale = log ? Math.log : x => x, stops = ramp();
  const shade = value => Number.isNaN(value) ? -1 : Math.min(SHADES - 1, Math.max(0, Math.floor(SHADES * (scale(value) - scale(low)) / (scale(high) - scale(low)))));
  const channels = color => [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16));
  const colors = Array.from({ length: SHADES }, (_, at) => {
    const along = at / (SHADES - 1) * 3.999, [a, b] = [channels(stops[Math.floor(along)]), channels(stops[Math.floor(along) + 1])];
    return `rgb(${a.map((channel, i) => Math.round(channel + (b[i] - channel) * (along % 1)))})`;
  });
  let [least, most] = [Infinity, -Infinity];
  for (const value of values()) { if (value < least) least = value; if (value > most) most = value; }
  return { of: ats.map(at => row => at ? shade(at(row)) : -1), colors, ends: [shown(least), shown(most)] };
};

let free = null; // Its plot.
const showFree = () => {
  const names = columnsOfAll(), parameters = DATA.sweeps.flatMap(sweep => [...sweep.by.values()].filter(c => c.kind === 'parameter').map(c => c.name));
  if (names.size < 2) return freeFigure.remove();
  const usual = { x: parameters.find(name => names.has(name)) ?? [...names.keys()].at(-1), y: names.has('objective') ? 'objective' : [...names.keys()][0], color: '' };
  const valid = (key, extra = []) => names.has(chosenAxes[key]) || extra.includes(chosenAxes[key]) ? chosenAxes[key] : usual[key];
  const now = { x: valid('x'), y: valid('y'), color: valid('color', ['state']) };
  const [x, y] = ['x', 'y'].map(side => freeAxis(now[side], chosenAxes.log && chosenAxes.log.includes(side)));
  const { svg } = framed(`${y.label} over ${x.label}`, x, y);
  svg.dataset.free = 'true';
  DATA.sweeps.forEach((sweep, at) => {
    if (!sweep.by.has(now.x) || !sweep.by.has(now.y)) return;
    const g = svgElement('g', { class: `points ${seriesOf(at)}`, 'data-sweep': at, 'data-x': now.x, 'data-y': now.y, 'data-box': `${BOX.left} ${BOX.top} ${BOX.right} ${BOX.bottom}`,
      'data-xspan': x.span.join(' '), 'data-yspan': y.span.join(' '), 'data-xlog': x.log, 'data-ylog': y.log });
    if (x.words) g.dataset.colsOf = JSON.stringify(x.words);
    if (y.words) g.dataset.rowsOf = JSON.stringify(y.words);
    svg.append(g);
  });
  const set = changes => {
    Object.assign(chosenAxes, now, { log: chosenAxes.log ?? ['x', 'y'].filter((_, at) => [x, y][at].log).join('') }, changes);
    setFragment({ scatter: [chosenAxes.x, chosenAxes.y, chosenAxes.color, chosenAxes.log ?? '*'].map(encodeURIComponent).join() });
    const held = [...freeFigure.querySelectorAll('select, input')].indexOf(document.activeElement);
    showFree();
    if (held >= 0) freeFigure.querySelectorAll('select, input')[held]?.focus();
  };
  const options = [...names], check = (side, { log, mayLog }) => {
    const box = $('input', { type: 'checkbox', ...(mayLog ? {} : { disabled: '' }) });
    box.checked = log;
    box.addEventListener('change', () => set({ log: ['x', 'y'].filter((name, at) => name === side ? box.checked : [x, y][at].log).join('') }));
    return $('label', { class: 'choice' }, box, ` log ${side}`);
  };
  const choices = $('div', { class: 'choosers' },
    chosenFrom('x', options, now.x, name => set({ x: name, log: logFor('x', name, y) })), check('x', x), chosenFrom('y', options, now.y, name => set({ y: name, log: logFor('y', name, x) })), check('y', y),
    chosenFrom('color', [['', DATA.sweeps.length > 1 ? 'sweep' : 'none'], ['state', 'state'], ...options], now.color, name => set({ color: name })));
  const colors = coloring(now.color), legend = $('ul', { class: 'keys' }, ...(colors.ends ? [$('li', {}, `${names.get(now.color)} ${colors.ends[0]} `, $('span', { class: 'ramp' }), ` ${colors.ends[1]}`)] : colors.keys.map(([series, word]) => $('li', {}, $('span', { class: `sign dot ${series}` }), word))));
  const missing = total('n') - DATA.sweeps.reduce((sum, sweep) => { const [a, b] = [sweep.by.get(now.x)?.at, sweep.by.get(now.y)?.at]; for (let row = 0; a && b && row < sweep.n; row++) if (!lacks(a(row)) && !lacks(b(row))) sum++; return sum; }, 0);
  freeFigure.replaceChildren($('figcaption', {}, `${y.label} over ${x.label}`), choices, svg, legend, ...(missing ? [$('p', { class: 'note' }, `${counted(missing)} jobs lack one of these values.`)] : []));
  if (!svg.querySelector('g[data-sweep]')) return;
  plots.splice(0, plots.length, ...plots.filter(plot => plot !== free));
  free = plotOf(svg);
  free.colors = colors;
  freeFigure.append(saveTools(svg, 'explore', () => jobsOf(free), () => freeDrawn(free)));
  findStops();
  repaint();
};
const logFor = (side, name, other) => (side === 'x' ? (isWide(acrossSweeps(name).values()) ? 'x' : '') + (other.log ? 'y' : '') : (other.log ? 'x' : '') + (isWide(acrossSweeps(name).values()) ? 'y' : ''));
// Where the points of each color are: those that are not in the selection are -2, those without a value to color are -1. Of many
// jobs of a color at one place of the figure one is enough.
const freeSpots = ({ layers, colors }) => {
  const taken = new Map(), wide = BOX.width >> 1;
  for (const layer of layers) {
    const { chosen } = layer.sweep, of = colors.of[DATA.sweeps.indexOf(layer.sweep)];
    layer.each((row, x, y) => {
      const key = chosen && !chosen[row] ? -2 : of(row);
      if (!taken.has(key)) taken.set(key, { seen: new Uint8Array(wide * (BOX.height >> 1)), spots: [] });
      const { seen, spots } = taken.get(key), place = (y >> 1) * wide + (x >> 1);
      if (!seen[place]) { seen[place] = 1; spots.push(x, y); }
    });
  }
  const grey = getComputedStyle(document.documentElement).getPropertyValue('--open').trim();
  return [...taken.keys()].sort((a, b) => a - b).map(key => ({ fill: key < 0 ? grey : colors.colors[key], alpha: key === -2 ? 0.3 : 0.72, spots: taken.get(key).spots }));
};
const spotSize = () => total('n') > 5000 ? 12 : 26;
// The points of all jobs, below the selection.
const paintFree = plot => {
  const context = blank(plot.base, plot.svg, true), size = spotSize();
  for (const { fill, alpha, spots } of freeSpots(plot)) {
    Object.assign(context, { fillStyle: fill, globalAlpha: alpha });
    for (let at = 0; at < spots.length; at += 2) {
      if (size === 12) { context.fillRect(spots[at] - 6, spots[at + 1] - 6, 12, 12); continue; }
      context.beginPath();
      context.arc(spots[at], spots[at + 1], size / 2, 0, 7);
      context.fill();
    }
  }
  context.globalAlpha = 1;
};
// The same as a file.
const freeDrawn = plot => {
  const paths = freeSpots(plot).map(({ fill, alpha, spots }) => {
    let d = '';
    for (let at = 0; at < spots.length; at += 2) d += `M${spots[at]} ${spots[at + 1]}h0`;
    return svgElement('path', { d, style: `fill:none;stroke:${fill};stroke-width:${spotSize()};stroke-linecap:round;opacity:${alpha}` });
  });
  return alone(plot.svg, paths);
};
