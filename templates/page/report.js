'use strict';
// The page's script: names points, selects jobs across figures, sorts and searches the tables of jobs,
// shows one job, saves figures. Everything it needs is in the page; without it the page is complete to read.
(() => {
const DATA = JSON.parse(document.getElementById('data').textContent);
const $ = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

// ---- numbers: a column is a function from a job's row to its value; NaN (or '') where it is missing.
const unpack = packed => {
  if (packed === null) return row => row;
  if (packed.words) {
    const at = new Uint16Array(bytes(packed.u2).buffer);
    return row => packed.words[at[row]] ?? '';
  }
  if (packed.u1) {
    const at = bytes(packed.u1);
    return row => packed.of[at[row]] ?? NaN;
  }
  if (packed.f4) {
    const values = new Float32Array(bytes(packed.f4).buffer);
    return row => values[row];
  }
  if (!packed.u2) return () => NaN;
  const at = new Uint16Array(bytes(packed.u2).buffer);
  const scale = packed.ratio ? Math.log : x => x, back = packed.ratio ? Math.exp : x => x;
  const low = scale(packed.low), width = scale(packed.high) - low;
  return row => at[row] === 65535 ? NaN : back(low + width * at[row] / 65534);
};
for (const sweep of DATA.sweeps) {
  sweep.id = unpack(sweep.ids);
  sweep.state = unpack(sweep.states);
  sweep.by = new Map(sweep.columns.map(column => [column.name, { ...column, at: unpack(column.values) }]));
  sweep.rowOf = new Map();
  for (let row = 0; row < sweep.n; row++) sweep.rowOf.set(sweep.id(row), row);
  sweep.chosen = null; // A Uint8Array with a 1 for each job that is selected.
}
for (const group of DATA.groups) {
  const mask = group.rows && bytes(group.rows);
  group.has = row => !mask || (mask[row >> 3] >> (row & 7)) & 1;
}
const shown = value => typeof value === 'string' ? value : Number.isNaN(value) ? '–' :
  value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6) ? value.toExponential(3).replace(/\.?0+e/, 'e')
  : String(+value.toPrecision(4));
const jobName = (sweep, row) => String(sweep.id(row)).padStart(6, '0');

// ---- the fragment: #job=12&q=lr<0.1&sort=lr&brush=…; the browser's own anchors have no `=`.
const fragment = () => new URLSearchParams(location.hash.includes('=') ? location.hash.slice(1) : '');
const setFragment = changes => {
  const now = fragment();
  for (const [key, value] of Object.entries(changes)) value ? now.set(key, value) : now.delete(key);
  history.replaceState(null, '', '#' + now);
};
const live = $('div', { class: 'hidden', 'aria-live': 'polite', role: 'status' });
const tip = $('div', { class: 'tip', hidden: '' });
document.body.append(live, tip);

// ---- scatter plots: places of the jobs, the nearest one, the overlay.
const plots = [...document.querySelectorAll('g[data-x]')].map((g, index) => {
  const read = name => g.dataset[name].split(' ').map(Number);
  const group = DATA.groups[+g.dataset.group], sweep = DATA.sweeps[group.sweep];
  const [left, top, right, bottom] = read('box');
  const along = (span, log, from, to) => {
    const scale = log ? Math.log : x => x, low = scale(span[0]), width = scale(span[1]) - low;
    return value => from + (to - from) * (scale(Math.min(Math.max(value, span[0]), span[1])) - low) / width;
  };
  const x = sweep.by.get(g.dataset.x), y = sweep.by.get(g.dataset.y);
  if (!x || !y) return null;
  const placeX = along(read('xspan'), g.dataset.xlog === 'true', left, right);
  const placeY = along(read('yspan'), g.dataset.ylog === 'true', bottom, top);
  const svg = g.closest('svg');
  const plot = { g, index, group, sweep, x, y, svg, box: { left, top, right, bottom }, xs: null, at: -1 };
  plot.places = () => {
    if (plot.xs) return;
    plot.xs = new Float32Array(sweep.n).fill(NaN);
    plot.ys = new Float32Array(sweep.n).fill(NaN);
    for (let row = 0; row < sweep.n; row++) {
      const vx = x.at(row), vy = y.at(row);
      if (!group.has(row) || Number.isNaN(vx) || Number.isNaN(vy)) continue;
      plot.xs[row] = Math.round(placeX(vx)); // On whole units, as the figure has them.
      plot.ys[row] = Math.round(placeY(vy));
    }
    plot.order = null;
  };
  const frame = $('div', { class: 'plot' });
  svg.replaceWith(frame);
  plot.canvas = $('canvas', { 'aria-hidden': 'true' });
  frame.append(svg, plot.canvas);
  plot.frame = frame;
  frame.tabIndex = 0;
  frame.setAttribute('role', 'group');
  frame.setAttribute('aria-label', `${svg.getAttribute('aria-label')}. Arrow keys go from job to job, Enter opens one.`);
  return plot;
}).filter(Boolean);

// The point of the mouse in the units of the figure.
const inFigure = (plot, event) => {
  const box = plot.svg.getBoundingClientRect(), view = plot.svg.viewBox.baseVal;
  return [(event.clientX - box.left) / box.width * view.width, (event.clientY - box.top) / box.height * view.height];
};
const nearest = (plot, [px, py]) => {
  plot.places();
  let best = -1, least = 60 * 60;
  for (let row = 0; row < plot.sweep.n; row++) {
    const dx = plot.xs[row] - px, dy = plot.ys[row] - py, distance = dx * dx + dy * dy;
    if (distance < least) [best, least] = [row, distance];
  }
  return best;
};
const paint = plot => {
  const { canvas, svg, sweep } = plot, view = svg.viewBox.baseVal, chosen = sweep.chosen;
  const hover = marked && marked.sweep === sweep ? marked.row : -1;
  plot.frame.classList.toggle('selecting', Boolean(chosen));
  if (!chosen && hover < 0 && !plot.drag) { canvas.width = 0; return; }
  plot.places();
  const ratio = devicePixelRatio || 1;
  canvas.width = svg.clientWidth * ratio;
  canvas.height = svg.clientHeight * ratio;
  const context = canvas.getContext('2d'), style = getComputedStyle(plot.g), scale = canvas.width / view.width;
  context.scale(scale, scale);
  if (chosen) {
    context.fillStyle = style.fill;
    const size = sweep.n > 5000 ? 10 : 20;
    for (let row = 0; row < sweep.n; row++) {
      if (chosen[row] && plot.xs[row] === plot.xs[row]) context.fillRect(plot.xs[row] - size / 2, plot.ys[row] - size / 2, size, size);
    }
  }
  const ink = getComputedStyle(document.body).color;
  if (plot.drag) {
    const [a, b] = plot.drag;
    context.strokeStyle = ink;
    context.lineWidth = 4;
    context.strokeRect(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]));
  }
  if (hover >= 0 && plot.xs[hover] === plot.xs[hover]) {
    context.beginPath();
    context.arc(plot.xs[hover], plot.ys[hover], 20, 0, 7);
    context.fillStyle = style.fill;
    context.strokeStyle = ink;
    context.lineWidth = 6;
    context.fill();
    context.stroke();
  }
};
let marked = null, queued = false;
const repaint = () => {
  if (queued) return;
  queued = true;
  requestAnimationFrame(() => { queued = false; plots.forEach(paint); });
};
const words = (sweep, row) => {
  const lines = [`job ${jobName(sweep, row)} · ${sweep.state(row)}`];
  for (const column of sweep.by.values()) {
    if (column.kind !== 'metric') lines.push(`${column.label} ${shown(column.at(row))}`);
  }
  return lines;
};
const mark = (plot, row, at) => {
  marked = row < 0 ? null : { sweep: plot.sweep, row };
  tip.hidden = row < 0;
  if (row >= 0) {
    const lines = words(plot.sweep, row);
    if (plot.x.kind === 'metric') lines.splice(2, 0, `${plot.x.label} ${shown(plot.x.at(row))}`);
    tip.replaceChildren(...lines.map(line => $('div', {}, line)));
    const [x, y] = at, width = tip.offsetWidth, height = tip.offsetHeight;
    tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 8))}px`;
    tip.style.top = `${Math.max(4, Math.min(y + 14, innerHeight - height - 8))}px`;
  }
  repaint();
};

// ---- the brush: a rectangle in one figure selects jobs in all figures of the sweep.
const select = (sweep, chosen) => {
  sweep.chosen = chosen;
  if (chosen) live.textContent = `${chosen.reduce((a, b) => a + b, 0)} jobs selected`;
  repaint();
  tables.filter(table => table.sweep === sweep).forEach(table => table.refresh());
};
const brush = (plot, corners) => {
  const [a, b] = corners.map(corner => corner.map(Math.round)); // So that the address selects the same.
  plot.places();
  const [x0, x1] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])], [y0, y1] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  const chosen = new Uint8Array(plot.sweep.n);
  for (let row = 0; row < plot.sweep.n; row++) {
    const x = plot.xs[row], y = plot.ys[row];
    if (x >= x0 && x <= x1 && y >= y0 && y <= y1) chosen[row] = 1;
  }
  select(plot.sweep, chosen);
  setFragment({ brush: [plot.index, x0, x1, y0, y1].join(',') });
};
const clear = () => {
  DATA.sweeps.forEach(sweep => sweep.chosen && select(sweep, null));
  setFragment({ brush: '' });
};
for (const plot of plots) {
  const { frame } = plot;
  let start = null;
  frame.addEventListener('pointerdown', event => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    start = inFigure(plot, event);
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener('pointermove', event => {
    const at = inFigure(plot, event);
    if (start && Math.hypot(at[0] - start[0], at[1] - start[1]) > 24) {
      plot.drag = [start, at];
      mark(plot, -1);
    } else if (!start) mark(plot, nearest(plot, at), [event.clientX, event.clientY]);
  });
  frame.addEventListener('pointerup', event => {
    const drag = plot.drag;
    start = plot.drag = null;
    if (drag) return brush(plot, drag);
    const row = nearest(plot, inFigure(plot, event));
    if (row >= 0) open(plot.sweep, row);
    else clear();
  });
  frame.addEventListener('pointerleave', () => { if (!start) mark(plot, -1); });
  frame.addEventListener('blur', () => mark(plot, -1));
  frame.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter' && plot.at >= 0) {
      event.preventDefault(); // Else the same key would press the dialog's button.
      return open(plot.sweep, plot.order[plot.at]);
    }
    if (event.key === 'Escape') return clear();
    if (!step) return;
    event.preventDefault();
    plot.places();
    plot.order ??= [...plot.xs.keys()].filter(row => plot.xs[row] === plot.xs[row]).sort((a, b) => plot.xs[a] - plot.xs[b]);
    plot.at = Math.max(0, Math.min(plot.order.length - 1, plot.at + step));
    const row = plot.order[plot.at], box = plot.svg.getBoundingClientRect(), view = plot.svg.viewBox.baseVal;
    mark(plot, row, [box.left + plot.xs[row] / view.width * box.width, box.top + plot.ys[row] / view.height * box.height]);
    live.textContent = words(plot.sweep, row).join(', ');
  });
}

// ---- one job: its values, its curves, the ends of its logs.
const dialog = $('dialog', { 'aria-labelledby': 'job-title' });
document.body.append(dialog);
dialog.addEventListener('close', () => setFragment({ job: '', sweep: '' }));
dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
const curve = curves => {
  const all = Object.values(curves).flat();
  if (!all.length) return '';
  const span = at => [Math.min(...all.map(p => p[at])), Math.max(...all.map(p => p[at]))];
  const [x0, x1] = span(0), [y0, y1] = span(1), ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 640 220');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `Learning curves from ${shown(y1)} to ${shown(y0)}`);
  Object.entries(curves).forEach(([phase, points], series) => {
    const line = document.createElementNS(ns, 'polyline');
    const place = p => `${20 + 600 * (p[0] - x0) / (x1 - x0 || 1)},${200 - 180 * (p[1] - y0) / (y1 - y0 || 1)}`;
    line.setAttribute('points', points.map(place).join(' '));
    line.setAttribute('class', `s${series} job-line`);
    svg.append(line);
  });
  const names = Object.keys(curves).map((phase, series) => $('li', {}, $('span', { class: `sign line s${series}` }), phase));
  return $('div', {}, svg, $('ul', { class: 'keys' }, ...names,
    $('li', {}, `epochs ${shown(x0)} to ${shown(x1)}, ${shown(y0)} to ${shown(y1)}`)));
};
const open = (sweep, row) => {
  const detail = sweep.details[row], name = jobName(sweep, row);
  const close = $('button', { type: 'button', class: 'close' }, 'Close');
  close.addEventListener('click', () => dialog.close());
  const values = [...sweep.by.values()].map(column =>
    $('div', {}, $('dt', {}, column.label), $('dd', {}, shown(column.at(row)))));
  const parts = [close, $('h2', { id: 'job-title' }, `Job ${name}`), $('p', {}, `${sweep.name} · ${sweep.state(row)}`),
    $('dl', { class: 'values' }, ...values)];
  if (detail) {
    if (detail.why) parts.push($('p', { class: 'warning' }, detail.why));
    parts.push(curve(detail.curves));
    for (const log of ['stderr', 'stdout']) {
      if (detail[log]) parts.push($('h3', {}, `The end of ${log}.log`), $('pre', { tabindex: '0' }, detail[log]));
    }
  }
  if (sweep === DATA.sweeps[0]) {
    parts.push($('p', {}, 'Beside this page: ', $('a', { href: `cfgs/${name}.yaml` }, `cfgs/${name}.yaml`), ' and ',
      $('a', { href: `logs/${name}/` }, `logs/${name}/`)));
  }
  dialog.replaceChildren(...parts.filter(Boolean));
  if (!dialog.open) dialog.showModal();
  setFragment({ job: name, sweep: sweep === DATA.sweeps[0] ? '' : sweep.name });
};

// ---- tables of jobs: all jobs, sortable, searchable; only the rows in sight are in the page.
const HEIGHT = 32;
const parse = (sweep, text) => {
  const tests = text.trim().split(/\s+/).filter(Boolean).map(word => {
    const found = /^([^<>=]+)(<=|>=|=|<|>)(.*)$/.exec(word);
    if (!found) return row => sweep.text(row).includes(word.toLowerCase());
    const [, name, operator, given] = found, wanted = name.toLowerCase();
    const column = [...sweep.by.values()].find(c => c.label.toLowerCase() === wanted || c.name.toLowerCase() === wanted);
    const at = wanted === 'job' ? sweep.id : wanted === 'state' ? sweep.state : column ? column.at : null;
    if (!at) return () => false;
    const number = Number(given);
    return row => {
      const value = at(row);
      if (typeof value === 'string') return operator === '=' && value.toLowerCase() === given.toLowerCase();
      return { '<': value < number, '>': value > number, '<=': value <= number, '>=': value >= number, '=': value === number }[operator];
    };
  });
  return row => tests.every(test => test(row));
};
const tables = DATA.sweeps.map((sweep, index) => {
  const section = document.getElementById(`jobs-${index}`);
  const old = section?.querySelector('.scroll');
  if (!old) return null;
  sweep.text = row => [jobName(sweep, row), sweep.state(row), ...[...sweep.by.values()].map(c => shown(c.at(row)))].join(' ').toLowerCase();
  const columns = [{ name: 'job', label: 'job', at: row => sweep.id(row) }, { name: 'state', label: 'state', at: sweep.state },
    ...[...sweep.by.values()].filter(column => column.kind !== 'metric')];
  const table = { sweep, sort: ['objective', DATA.minimize ? 1 : -1], query: '' };
  const input = $('input', { type: 'search', placeholder: 'search: done, 000012, lr<0.1', 'aria-label': `Search the jobs of ${sweep.name}` });
  const count = $('span', { class: 'count', 'aria-live': 'polite' });
  const reset = $('button', { type: 'button' }, 'All jobs');
  const heads = columns.map(column => {
    const button = $('button', { type: 'button' }, column.label);
    button.addEventListener('click', () => {
      table.sort = [column.name, table.sort[0] === column.name ? -table.sort[1] : 1];
      if (index === 0) setFragment({ sort: (table.sort[1] < 0 ? '-' : '') + column.name });
      table.refresh();
    });
    return $('th', { scope: 'col' }, button);
  });
  const body = $('tbody');
  const view = $('div', { class: 'scroll tall jobs', tabindex: '0', role: 'region', 'aria-label': `Jobs of ${sweep.name}` },
    $('table', {}, $('thead', {}, $('tr', {}, ...heads)), body));
  section.querySelector('.note')?.remove();
  old.replaceWith($('div', { class: 'tools' }, input, reset, count), view);
  const draw = () => {
    const first = Math.max(0, Math.floor(view.scrollTop / HEIGHT) - 10), last = Math.min(table.rows.length, first + 60);
    const rows = [$('tr', { style: `height:${first * HEIGHT}px`, 'aria-hidden': 'true' })];
    for (const row of table.rows.slice(first, last)) {
      const cells = columns.map((column, at) => at === 0 ? $('td', {}, $('a', { href: `#job=${jobName(sweep, row)}` }, jobName(sweep, row)))
        : $('td', {}, shown(column.at(row))));
      const line = $('tr', { class: sweep.state(row) === 'done' ? '' : 'open' }, ...cells);
      line.addEventListener('click', event => { event.preventDefault(); open(sweep, row); });
      line.addEventListener('pointerenter', () => { marked = { sweep, row }; repaint(); });
      rows.push(line);
    }
    rows.push($('tr', { style: `height:${(table.rows.length - last) * HEIGHT}px`, 'aria-hidden': 'true' }));
    body.replaceChildren(...rows);
  };
  table.refresh = () => {
    const fits = parse(sweep, table.query), [name, direction] = table.sort;
    const column = columns.find(c => c.name === name) ?? columns[0];
    const keys = new Map();
    table.rows = [];
    for (let row = 0; row < sweep.n; row++) {
      if ((!sweep.chosen || sweep.chosen[row]) && fits(row)) { table.rows.push(row); keys.set(row, column.at(row)); }
    }
    const lacks = value => value === '' || Number.isNaN(value);
    table.rows.sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (lacks(x) || lacks(y)) return lacks(x) - lacks(y) || a - b; // What is missing is last in either order.
      return (x < y ? -1 : x > y ? 1 : 0) * direction || a - b;
    });
    heads.forEach((head, at) => {
      const sorted = columns[at] === column;
      sorted ? head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending') : head.removeAttribute('aria-sort');
    });
    count.textContent = `${table.rows.length} of ${sweep.n} jobs`;
    view.scrollTop = 0;
    draw();
  };
  let waiting;
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      table.query = input.value;
      if (index === 0) setFragment({ q: input.value });
      table.refresh();
    }, 120);
  });
  reset.addEventListener('click', () => {
    input.value = table.query = '';
    setFragment({ q: '' });
    clear();
    table.refresh();
  });
  view.addEventListener('scroll', () => requestAnimationFrame(draw));
  view.addEventListener('pointerleave', () => { marked = null; repaint(); });
  table.input = input;
  table.refresh();
  return table;
}).filter(Boolean);

// ---- save a figure, or its data.
const save = (name, type, text) => {
  const link = $('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const STYLED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'fill-opacity', 'font-size', 'font-family', 'text-anchor'];
const alone = svg => {
  const copy = svg.cloneNode(true), from = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((element, i) => {
    const style = getComputedStyle(from[i]);
    element.setAttribute('style', STYLED.map(name => `${name}:${style.getPropertyValue(name)}`).join(';'));
  });
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', width / 4);
  copy.setAttribute('height', height / 4);
  return new XMLSerializer().serializeToString(copy);
};
const csvOf = plot => {
  const { sweep, x, y, group } = plot, lines = [['job', 'state', x.label, y.label]];
  for (let row = 0; row < sweep.n; row++) {
    if (group.has(row)) lines.push([sweep.id(row), sweep.state(row), x.at(row), y.at(row)]);
  }
  const cell = value => typeof value === 'number' && Number.isNaN(value) ? '' : /[",\n]/.test(value) ? `"${String(value).replace(/"/g, '""')}"` : value;
  return lines.map(line => line.map(cell).join(',')).join('\n') + '\n';
};
// The corners of lines, back from the figure: what a figure without points shows.
const csvOfLines = json => ['curve,x,y', ...json.flatMap(c => c.points.map(p => `"${c.name.replace(/"/g, '""')}",${p[0]},${p[1]}`))].join('\n') + '\n';
for (const figure of document.querySelectorAll('figure')) {
  const svg = figure.querySelector('svg');
  if (!svg) continue;
  const name = (figure.closest('section')?.id ?? 'figure') + '-' + [...document.querySelectorAll('figure')].indexOf(figure);
  const button = (label, what, run) => {
    const made = $('button', { type: 'button', 'aria-label': `${what}: ${svg.getAttribute('aria-label')}` }, label);
    made.addEventListener('click', run);
    return made;
  };
  const tools = $('div', { class: 'save' }, button('SVG', 'Save as SVG', () => save(`${name}.svg`, 'image/svg+xml', alone(svg))));
  const plot = plots.find(p => p.svg === svg), lines = svg.querySelector('metadata');
  if (plot) tools.append(button('CSV', 'Data as CSV', () => save(`${name}.csv`, 'text/csv', csvOf(plot))));
  else if (lines) tools.append(button('CSV', 'Data as CSV', () => save(`${name}.csv`, 'text/csv', csvOfLines(JSON.parse(lines.textContent)))));
  figure.append(tools);
}

// ---- what the address asks for.
const restore = () => {
  const asked = fragment();
  const first = tables.find(table => table.sweep === DATA.sweeps[0]);
  if (first && (asked.has('q') || asked.has('sort'))) {
    first.input.value = first.query = asked.get('q') ?? '';
    const sort = asked.get('sort');
    if (sort) first.sort = sort.startsWith('-') ? [sort.slice(1), -1] : [sort, 1];
    first.refresh();
  }
  if (asked.has('brush')) {
    const [index, x0, x1, y0, y1] = asked.get('brush').split(',').map(Number), plot = plots[index];
    if (plot && Number.isFinite(y1)) brush(plot, [[x0, y0], [x1, y1]]);
  }
  if (asked.has('job')) {
    const sweep = DATA.sweeps.find(s => s.name === asked.get('sweep')) ?? DATA.sweeps[0];
    const row = sweep.rowOf.get(Number(asked.get('job')));
    if (row !== undefined) open(sweep, row);
  }
};
addEventListener('hashchange', restore);
addEventListener('resize', repaint);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
restore();
})();
