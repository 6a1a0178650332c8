// ---- figures of jobs: the pointer and the keyboard name jobs, a drag selects them in all figures.
const plots = [];
const layersOf = svg => [...svg.querySelectorAll('g[data-group], g[data-sweep]')].map(layerOf).concat([...svg.querySelectorAll('metadata[data-box]')].map(distribution)).filter(Boolean);
const plotOf = svg => {
  const layers = layersOf(svg);
  if (!layers.length) return null;
  const frame = $('div', { class: 'plot', tabindex: '0', role: 'group' });
  // Below what is selected, above what is pointed at or drawn: that changes with every move of the pointer.
  const [chosen, over] = [0, 1].map(() => $('canvas', { 'aria-hidden': 'true', width: '0' }));
  frame.setAttribute('aria-label', `${svg.getAttribute('aria-label')}. Arrow keys move between jobs, Enter opens one; ${layers[0].how}, Escape clears the selection; Page Down leads to the next figure, S to its buttons.`);
  svg.replaceWith(frame);
  const base = svg.dataset.free ? $('canvas', { 'aria-hidden': 'true', width: '0' }) : null;
  frame.append(svg, ...(base ? [base] : []), chosen, over);
  const plot = { svg, layers, frame, base, chosen, over, at: -1, order: null, drag: null, inView: false, shows: 0 };
  plots.push(plot);
  handle(plot);
  watch.observe(frame);
  return plot;
};
// Only what is in view is painted, and what is selected only when that has changed.
let marked = null, queued = false;
const repaint = () => {
  if (queued) return;
  queued = true;
  requestAnimationFrame(() => {
    queued = false;
    plots.filter(plot => plot.inView).forEach(paint);
  });
};
// All of it, also what is out of view: of another size, an old canvas would widen the page.
const repaintAll = () => {
  for (const plot of plots) {
    plot.shows = -1;
    for (const canvas of [plot.base, plot.chosen, plot.over]) if (canvas) Object.assign(canvas, { width: 0, style: '' });
  }
  repaint();
};
watchers.push(repaint);
const watch = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) {
    const plot = plots.find(plot => plot.frame === target);
    if (plot) plot.inView = isIntersecting;
  }
  repaint();
}, { rootMargin: '200px' });
// An empty canvas of the figure's size in its units; none where nothing is to be painted.
const blank = (canvas, svg, needed) => {
  if (!needed) { canvas.width = 0; return null; }
  const ratio = devicePixelRatio || 1, context = canvas.getContext('2d');
  for (const side of ['Width', 'Height']) { // Of the figure, which may be wider than its frame, and scroll.
    canvas[side.toLowerCase()] = svg[`client${side}`] * ratio;
    canvas.style[side.toLowerCase()] = `${svg[`client${side}`]}px`;
  }
  const scale = canvas.width / svg.viewBox.baseVal.width;
  context.scale(scale, scale);
  context.lineJoin = 'round';
  return context;
};
const paint = plot => {
  const { svg, layers, drag, frame } = plot;
  if (plot.shows !== changes && svg.clientWidth) {
    plot.shows = changes;
    const context = blank(plot.chosen, svg, selects());
    frame.classList.toggle('selecting', selects());
    if (plot.base) paintFree(plot);
    if (selects()) {
      for (const layer of layers) layer.paint(context, layer.sweep.chosen);
      Object.assign(context, { strokeStyle: getComputedStyle(document.body).color, lineWidth: 3, globalAlpha: 0.7 });
      context.setLineDash([14, 10]);
      for (const condition of conditions) for (const frame of layers[0].frames(condition)) context.strokeRect(...frame);
    }
  }
  const pointed = marked ? layers.filter(layer => layer.sweep === marked.sweep && layer.spot(marked.row)) : [];
  const context = blank(plot.over, svg, drag || pointed.length), line = getComputedStyle(document.body).color;
  if (drag) {
    Object.assign(context, { strokeStyle: line, lineWidth: 4 });
    context.strokeRect(...layers[0].area(...sorted(drag)));
  }
  for (const layer of pointed) layer.point(context, marked.row, line);
};
const words = (sweep, row, columns) => {
  const lines = [`job ${jobName(sweep, row)} · ${sweep.state(row)}`];
  for (const column of sweep.by.values()) {
    if (['objective', 'parameter'].includes(column.kind) || columns.includes(column)) lines.push(`${column.label} ${measured(column, row)}`);
  }
  return lines;
};
// A job that is pointed at, in the layer where it is; null of none.
const mark = (found, at) => {
  marked = found && { sweep: found.layer.sweep, row: found.row };
  found ? say(words(found.layer.sweep, found.row, found.layer.columns), at) : hush();
  repaint();
};
const nearest = (plot, at) => {
  const found = plot.layers.map(layer => ({ layer, ...layer.nearest(at) })).filter(one => one.row >= 0);
  return found.length ? found.reduce((a, b) => b.distance < a.distance ? b : a) : null;
};

// ---- the brush: what a drag asks of the columns of a figure, in the groups that the figure shows.
const sorted = ([a, b]) => [[Math.min(a[0], b[0]), Math.min(a[1], b[1])], [Math.max(a[0], b[0]), Math.max(a[1], b[1])]];
const brush = ({ layers }, corners) => {
  const [a, b] = sorted(corners), shown = new Set(layers.flatMap(layer => layer.groups ?? [layer.group]));
  const isAll = DATA.sweeps.every((_, at) => [...shown].some(group => group.sweep === at && !group.rows));
  const asks = layers[0].asks(a, b), names = [...new Set([...shown].map(group => quoted(group.name)))];
  if (asks.length) choose([...asks, ...(isAll ? [] : [`group=${names}`])].join(' '));
};

const handle = plot => {
  const { frame, svg } = plot, MOVED = 24;
  let start = null;
  const far = at => start && Math.hypot(at[0] - start[0], at[1] - start[1]) > MOVED;
  const end = () => { start = plot.drag = null; };
  frame.addEventListener('pointerdown', event => {
    if (event.button !== 0) return;
    start = inFigure(svg, event);
    if (event.pointerType === 'mouse') frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener('pointermove', event => {
    if (event.pointerType === 'touch') return; // A finger scrolls, and opens with a tap.
    const at = inFigure(svg, event);
    if (plot.drag || far(at)) {
      plot.drag = [start, at];
      mark(null);
    } else if (!start && plot.layers[0].columns) mark(nearest(plot, at), [event.clientX, event.clientY]);
  });
  frame.addEventListener('pointerup', event => {
    const { drag } = plot, at = inFigure(svg, event), swiped = !start || far(at);
    end();
    if (drag) return brush(plot, drag);
    if (swiped) return;
    const found = nearest(plot, at);
    found ? open(found.layer.sweep, found.row) : clear();
  });
  frame.addEventListener('pointercancel', end);
  frame.addEventListener('pointerleave', () => { if (!start) mark(null); });
  frame.addEventListener('blur', () => mark(null));
  frame.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter' && plot.at >= 0) {
      event.preventDefault(); // Else the same key would press the dialog's button.
      const { layer, row } = plot.order[plot.at];
      return open(layer.sweep, row);
    }
    if (event.key === 'Escape') return clear();
    if (!step) return;
    event.preventDefault();
    plot.order ??= plot.layers.flatMap(layer => layer.order().map(row => ({ layer, row })));
    if (!plot.order.length) return;
    plot.at = Math.max(0, Math.min(plot.order.length - 1, plot.at + step));
    const found = plot.order[plot.at], { layer, row } = found;
    mark(found, onPage(svg, layer.spot(row)));
    live.textContent = words(layer.sweep, row, layer.columns).join(', ');
  });
};
document.querySelectorAll('figure svg').forEach(plotOf);
