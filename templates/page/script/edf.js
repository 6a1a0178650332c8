// ---- distributions: on an axis by ratio, and the half with the good values. What was drawn is moved, so that nothing is drawn twice.
const multiples = (low, high, most) => {
  for (let power = Math.floor(Math.log10(high - low)) - 2; ; power++) {
    for (const factor of [1, 2, 5]) {
      const step = factor * 10 ** power, first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
      if (last - first < most) return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
    }
  }
};
const ratios = (low, high, most) => {
  const powers = [], [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  for (let power = first; power <= last; power++) powers.push(power);
  const of = factors => powers.flatMap(power => factors.map(factor => Number(`${factor}e${power}`))).filter(value => value >= low && value <= high);
  const found = [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]].map(of).find(ticks => ticks.length <= most) ?? [];
  return found.length < 3 ? multiples(low, high, 5) : found;
};

const distributions = [...document.querySelectorAll('.distribution figure')].map((figure, index) => {
  const svg = figure.querySelector('svg'), metadata = svg?.querySelector('metadata'), tools = figure.querySelector('.save');
  if (!metadata || !tools) return null;
  const [left, top, right, bottom] = numbersOf(metadata.dataset.box), [low, high] = numbersOf(metadata.dataset.xspan);
  const curves = JSON.parse(metadata.textContent).parts.map(([, rows]) => rows);
  const clip = svgElement('clipPath', { id: `area-${index}` });
  clip.append(svgElement('rect', { x: left, y: top - 8, width: right - left, height: bottom - top + 8 }));
  svg.prepend(clip);
  const moved = [...svg.querySelectorAll('.zone, .line')].map(element => {
    element.setAttribute('clip-path', `url(#area-${index})`);
    const name = element.hasAttribute('points') ? 'points' : 'd';
    return { element, name, text: element.getAttribute(name) };
  });
  const scale = () => [...svg.querySelectorAll('.tick, .grid, polyline.axis')].filter(element => {
    if (!element.matches('.axis')) return true;
    const [a, b] = element.getAttribute('points').trim().split(/\s+/).map(point => point.split(',').map(Number));
    return Math.hypot(a[0] - b[0], a[1] - b[1]) < 40; // The marks at the labels, not the axis.
  });
  const first = scale(), last = svg.querySelector('.zone, .line');
  const value = x => low + (x - left) / (right - left) * (high - low), share = y => (bottom - y) / (bottom - top);
  const positive = Math.min(...curves.flat().map(([x]) => x).filter(x => x > 0));
  const half = () => {
    const at = curves.map(rows => rows.find(([, y]) => y >= 0.5)?.[0]).filter(x => x !== undefined);
    if (!at.length) return [low, high];
    return DATA.minimize ? [low, Math.max(...at)] : [Math.min(...at), high];
  };
  const draw = (log, zoom) => {
    let [from, to] = zoom ? half() : [low, high];
    if (log && from <= 0) from = positive * 0.9;
    const most = zoom ? 0.5 : 1, by = log ? Math.log : x => x, start = by(from), width = by(to) - start;
    const x = v => log && v <= 0 ? left : left + (by(v) - start) / width * (right - left), y = v => bottom - v / most * (bottom - top);
    const point = (a, b) => `${x(value(a)).toFixed(1)},${y(share(b)).toFixed(1)}`;
    for (const { element, name, text } of moved) {
      element.setAttribute(name, name === 'points' ? text.trim().split(/\s+/).map(pair => point(...pair.split(',').map(Number))).join(' ')
        : text.replace(/M(-?\d+) (-?\d+)/g, (_, a, b) => `M${point(Number(a), Number(b))}`));
    }
    svg.querySelectorAll('.points').forEach(arrow => { arrow.style.display = zoom ? 'none' : ''; });
    scale().forEach(element => element.remove());
    const plain = !log && !zoom, add = (name, attributes, text = '') => {
      const element = svgElement(name, attributes);
      element.textContent = text;
      last.before(element);
    };
    if (plain) last.before(...first);
    else {
      for (const v of (log ? ratios : multiples)(from, to, 9)) {
        add('line', { class: 'grid', 'stroke-width': 4, x1: x(v), x2: x(v), y1: bottom, y2: top });
        add('text', { class: 'tick', x: x(v), y: bottom + 40, dy: '0.76em', 'text-anchor': 'middle' }, shown(v, 6));
        add('polyline', { class: 'axis', 'stroke-width': 4, points: `${x(v)},${bottom} ${x(v)},${bottom + 16}` });
      }
      for (const v of multiples(0, most, 6)) {
        add('line', { class: 'grid', 'stroke-width': 4, x1: left, x2: right, y1: y(v), y2: y(v) });
        add('text', { class: 'tick', x: left - 32, y: y(v), dy: '0.5ex', 'text-anchor': 'end' }, shown(v, 6));
        add('polyline', { class: 'axis', 'stroke-width': 4, points: `${left - 16},${y(v)} ${left},${y(v)}` });
      }
    }
    Object.assign(metadata.dataset, { xspan: `${from} ${to}`, yspan: `0 ${most}`, xlog: log });
    svg.dispatchEvent(new Event('moved'));
    repaintAll();
  };
  const buttons = [['log', 'Axis by ratio'], ['half', 'Zoom to the good half']].map(([name, title]) => {
    const button = $('button', { type: 'button', 'aria-pressed': 'false', title, 'data-view': name }, name === 'log' ? 'log' : 'good half');
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', button.getAttribute('aria-pressed') !== 'true');
      show();
    });
    return button;
  });
  const pressed = () => buttons.filter(button => button.getAttribute('aria-pressed') === 'true').map(button => button.dataset.view);
  const show = () => {
    draw(pressed().includes('log'), pressed().includes('half'));
    if (index === 0) setFragment({ edf: pressed().join('-') });
  };
  if (!Number.isFinite(positive)) buttons.shift();
  tools.prepend(...buttons);
  return asked => {
    buttons.forEach(button => button.setAttribute('aria-pressed', asked.includes(button.dataset.view)));
    draw(...['log', 'half'].map(name => pressed().includes(name)));
  };
}).filter(Boolean);
if (fragment().has('edf')) distributions[0]?.(fragment().get('edf'));
