// ---- figures that the script draws: two axes with ticks, and lines. Four units are a pixel, as in the others.
const BOX = { width: 1700, height: 1080, left: 250, top: 40, right: 1660, bottom: 890 };
// Round numbers: 1, 2 or 5 times a power of ten; decades, or steps within them, of a logarithmic axis.
const ticksOf = ([low, high], log) => {
  if (log && high / low >= 8) {
    const all = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) all.push([1, 10 ** power], [2, 2 * 10 ** power], [5, 5 * 10 ** power]);
    const within = all.filter(([, value]) => value >= low * 0.999 && value <= high * 1.001);
    const fine = within.length <= 7 ? within : within.filter(([digit]) => digit === 1), step = Math.ceil(fine.length / 7);
    return fine.filter((_, at) => at % step === 0).map(([, value]) => +value.toPrecision(6));
  }
  const rough = (high - low) / 5 || 1, power = 10 ** Math.floor(Math.log10(rough)), step = power * [1, 2, 5, 10].find(factor => factor * power >= rough);
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) ticks.push(+(at * step).toPrecision(12));
  return ticks;
};
// The least and the greatest of numbers, with some room; of one number, or of none, too.
const spanOf = (values, log) => {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) return low === high ? [low / 2, high * 2] : [low / (high / low) ** 0.03, high * (high / low) ** 0.03];
  const room = low === high ? Math.abs(low) / 10 || 1 : (high - low) * 0.03;
  return [low - room, high + room];
};
const isWide = values => {
  let [low, high] = [Infinity, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (!(value > 0)) return false;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high / low >= 100;
};
const text = (words, attributes) => {
  const element = svgElement('text', attributes);
  element.textContent = words;
  return element;
};
const shortened = (word, most) => word.length > most ? `${word.slice(0, most - 1)}…` : word;
// The frame of a figure: `x` and `y` have a span, log, a label, and the words of an axis of names.
const framed = (label, x, y, box = BOX) => {
  const { width, height, left, top, right, bottom } = box;
  const svg = svgElement('svg', { viewBox: `0 0 ${width} ${height}`, class: 'figure drawn', role: 'img', 'aria-label': label });
  const [across, up] = [axisOf(x.span, x.log, left, right), axisOf(y.span, y.log, bottom, top)];
  const mark = (axis, scale, draw) => axis.words ? axis.words.forEach((word, at) => draw(scale.place(at), shortened(word, 12))) : ticksOf(axis.span, axis.log).forEach(value => draw(scale.place(value), shown(value, 6)));
  mark(x, across, (at, word) => svg.append(svgElement('line', { class: 'grid', x1: at, x2: at, y1: top, y2: bottom, 'stroke-width': 3 }),
    text(word, { class: 'tick middle', x: at, y: bottom + 56 })));
  mark(y, up, (at, word) => svg.append(svgElement('line', { class: 'grid', x1: left, x2: right, y1: at, y2: at, 'stroke-width': 3 }),
    text(word, { class: 'tick end', x: left - 20, y: at + 16 })));
  svg.append(text(x.label, { class: 'label middle', x: (left + right) / 2, y: bottom + 150 }),
    text(y.label, { class: 'label middle', transform: `translate(44 ${(top + bottom) / 2}) rotate(-90)` }));
  return { svg, across, up };
};
// The numbers of lines as CSV.
const linesText = (heads, lines) => csv(['curve', ...heads], lines.flatMap(({ points, title, name }) => points.map(point => [title ?? name, ...point])));
// Lines: each has points, a class, and a title. `width` is that of their strokes.
const lined = (label, x, y, lines, width = 8) => {
  const { svg, across, up } = framed(label, x, y);
  for (const { points, title, name, act } of lines) {
    const d = points.map(([a, b]) => `${Math.round(across.place(a))} ${Math.round(up.place(b))}`).join('L');
    // A line of one point is a dot.
    const line = svgElement('path', { class: `line ${name}`, fill: 'none', 'stroke-width': points.length > 1 ? width : 3 * width, 'stroke-linecap': 'round', d: points.length > 1 ? `M${d}` : `M${d}h0` });
    if (title) line.dataset.title = title;
    if (act) line.addEventListener('click', act);
    svg.append(line);
  }
  return svg;
};
