// ---- what jobs are in a figure: points, or lines over several axes. A layer knows where its jobs are.
const NEAR = 60;
const layerOf = g => {
  const group = g.dataset.sweep ? DATA.sweeps[+g.dataset.sweep]?.group : DATA.groups[+g.dataset.group], sweep = DATA.sweeps[group?.sweep];
  if (!sweep) return null;
  const has = rowsOf(g.dataset.rows), layer = { g, group, sweep, has: row => group.has(row) && has(row) };
  return g.dataset.axes ? threads(layer) : points(layer);
};
// The colour of a series, also where its figure is grey under a selection.
const probe = $('span', { hidden: '' });
document.body.append(probe);
const ink = (g, otherwise) => {
  probe.className = /\bs\d\b/.exec(g.getAttribute('class'))?.[0] ?? otherwise ?? 's0';
  return getComputedStyle(probe).getPropertyValue('--series').trim();
};

// Of equal columns one stands for all.
const canonical = column => column.same ?? column.name;
// What a stretch of an axis asks of a column, as a condition; nothing if it is the whole axis. Where it reaches the end of
// the axis it is open, since what lies beyond is drawn there.
const truth = value => value === 'true' ? 1 : value === 'false' ? 0 : value;
const asked = ({ at, ...own }, axis, stretch, rows) => {
  const name = canonical(own);
  const { place, value, from, to } = axis, way = Math.sign(to - from), ends = way > 0 ? stretch : [stretch[1], stretch[0]];
  const open = [way * (ends[0] - from) <= 2, way * (to - ends[1]) <= 2];
  if (open[0] && open[1]) return [];
  if (at.words) {
    const [low, high] = ends.map(value), row = rows ? word => rows.indexOf(word) : word => Number(truth(word));
    const away = word => Math.max(low - row(word), row(word) - high), nearest = Math.min(...at.words.map(away));
    const within = at.words.filter(word => away(word) <= Math.max(0.25, nearest));
    return within.length === at.words.length ? [] : [`${quoted(name)}=${within.map(quoted)}`];
  }
  const brief = end => {
    let short = value(end);
    for (let digits = 2; digits < 8; digits++) {
      short = +value(end).toPrecision(digits);
      if (Math.abs(place(short) - end) <= 1) break;
    }
    return String(short);
  };
  return [`${quoted(name)}=${open[0] ? '' : brief(ends[0])}..${open[1] ? '' : brief(ends[1])}`];
};
// The stretch that a range of values is on an axis.
const stretched = ({ place, from, to }, range) => {
  const ends = range ? [range.low === -Infinity ? from : place(range.low), range.high === Infinity ? to : place(range.high)] : [from, to];
  return ends.sort((a, b) => a - b);
};
// The range that a condition asks of a column.
const rangeOf = (condition, sweep, wanted) => {
  for (const [called, range] of condition.ranges) {
    const found = column(sweep, called);
    if (found && canonical(found) === canonical(wanted)) return range;
  }
  return null;
};

const points = layer => {
  const { g, sweep } = layer, place = placing(g);
  const [x, y] = layer.columns = [g.dataset.x, g.dataset.y].map(name => sweep.by.get(name));
  if (!x || !y) return null;
  let xs = null, ys;
  // An axis of names has a row for each, in which jobs lie one beside the other; truth values are 0 and 1 elsewhere.
  const [cols, rows] = [g.dataset.colsOf, g.dataset.rowsOf].map(names => names ? JSON.parse(names) : null);
  const inRow = (name, row, share = 0.618033988749895) => name < 0 ? NaN : name + ((row * share) % 1 - 0.5) * 0.5;
  const find = () => {
    if (xs) return;
    [xs, ys] = [new Float32Array(sweep.n).fill(NaN), new Float32Array(sweep.n).fill(NaN)];
    for (let row = 0; row < sweep.n; row++) {
      const [vx, vy] = [cols ? inRow(cols.indexOf(x.at(row)), row, 0.754877666246693) : truth(x.at(row)), rows ? inRow(rows.indexOf(y.at(row)), row) : truth(y.at(row))];
      if (!layer.has(row) || Number.isNaN(vx) || Number.isNaN(vy)) continue;
      xs[row] = Math.round(place.x(vx)); // On whole units, as the figure has them.
      ys[row] = Math.round(place.y(vy));
    }
  };
  const is = row => xs[row] === xs[row];
  return Object.assign(layer, {
    how: 'drag to select',
    spot: row => (find(), is(row) ? [xs[row], ys[row]] : null),
    order: () => (find(), [...xs.keys()].filter(is).sort((a, b) => xs[a] - xs[b])),
    nearest: ([px, py]) => {
      find();
      let best = -1, least = NEAR * NEAR;
      for (let row = 0; row < sweep.n; row++) {
        const dx = xs[row] - px, dy = ys[row] - py, square = dx * dx + dy * dy;
        if (square < least) [best, least] = [row, square];
      }
      return { row: best, distance: Math.sqrt(least) };
    },
    area: (a, b) => [a[0], a[1], b[0] - a[0], b[1] - a[1]],
    each: visit => {
      find();
      for (let row = 0; row < sweep.n; row++) if (is(row)) visit(row, xs[row], ys[row]);
    },
    asks: (a, b) => [...asked(x, place.across, [a[0], b[0]], cols), ...asked(y, place.up, [a[1], b[1]], rows)],
    frames: condition => {
      const [across, up] = layer.columns.map(column => rangeOf(condition, sweep, column));
      if ([across, up].filter(Boolean).length < condition.ranges.size || !(across ?? up)) return [];
      const [[left, right], [top, bottom]] = [stretched(place.across, across), stretched(place.up, up)];
      return [[left, top, right - left, bottom - top]];
    },
    paint: (context, chosen) => {
      if (g.dataset.sweep) return; // The free plot paints all jobs itself.
      find();
      context.fillStyle = ink(g);
      const size = sweep.n > 5000 ? 10 : 20, wide = g.closest('svg').viewBox.baseVal.width, high = g.closest('svg').viewBox.baseVal.height;
      const taken = new Uint8Array((wide >> 1) * (high >> 1) + wide); // Of many jobs at one place of the figure one is enough.
      for (let row = 0; row < sweep.n; row++) {
        if (!chosen[row] || !is(row)) continue;
        const place = (ys[row] >> 1) * (wide >> 1) + (xs[row] >> 1);
        if (taken[place]) continue;
        taken[place] = 1;
        if (size === 10) { context.fillRect(xs[row] - 5, ys[row] - 5, 10, 10); continue; }
        context.beginPath();
        context.arc(xs[row], ys[row], 14, 0, 7);
        context.fill();
      }
    },
    point: (context, row, line) => {
      context.beginPath();
      context.arc(xs[row], ys[row], 20, 0, 7);
      Object.assign(context, { fillStyle: ink(g), strokeStyle: line, lineWidth: 6 });
      context.fill();
      context.stroke();
    },
  });
};

const MOST_THREADS = 300;
const threads = layer => {
  const { g, sweep } = layer, [, top, , bottom] = numbersOf(g.dataset.box);
  const axes = JSON.parse(g.dataset.axes);
  layer.columns = axes.map(axis => sweep.by.get(axis.column));
  if (!layer.columns.every(Boolean)) return null;
  // Only what is drawn can be pointed at.
  const drawn = [...g.querySelectorAll('title')].map(title => sweep.rowOf.get(Number(title.textContent.replace(/\D/g, ''))));
  axes.forEach((axis, at) => {
    axis.scale = axisOf([axis.low, axis.high], axis.ratio, bottom, top);
    const up = axis.scale.place, value = layer.columns[at].at;
    const number = axis.words.length ? row => axis.words.indexOf(value(row)) : value;
    let ys = null;
    axis.y = row => {
      ys ??= Float32Array.from({ length: sweep.n }, (_, row) => {
        const found = layer.has(row) ? number(row) : NaN;
        return Number.isNaN(found) || (axis.words.length && found < 0) ? NaN : Math.round(up(found));
      });
      return ys[row];
    };
  });
  const last = axes[axes.length - 1];
  const nearestAxis = x => axes.reduce((a, b) => Math.abs(b.x - x) < Math.abs(a.x - x) ? b : a);
  // Selected jobs keep the colours of the best tenth and of the others; the best come last, on top.
  const threshold = Number(g.dataset.best), isLow = g.dataset.minimized === 'true', objective = layer.columns[axes.length - 1].at;
  const isBest = row => isLow ? objective(row) <= threshold : objective(row) >= threshold;
  const trace = (context, row) => {
    context.beginPath();
    for (const axis of axes) if (!Number.isNaN(axis.y(row))) context.lineTo(axis.x, axis.y(row));
    context.stroke();
  };
  return Object.assign(layer, {
    how: 'drag along an axis to select',
    spot: row => Number.isNaN(last.y(row)) ? null : [last.x, last.y(row)],
    order: () => drawn.filter(row => !Number.isNaN(last.y(row))).sort((a, b) => last.y(b) - last.y(a)),
    nearest: ([px, py]) => {
      const right = Math.min(axes.length - 1, Math.max(1, axes.findIndex(axis => axis.x >= px)));
      const [a, b] = [axes[right - 1], axes[right]], share = Math.min(1, Math.max(0, (px - a.x) / (b.x - a.x)));
      let best = { row: -1, distance: NEAR / 2 };
      for (const row of drawn) {
        const distance = Math.abs(a.y(row) + (b.y(row) - a.y(row)) * share - py);
        if (distance < best.distance) best = { row, distance };
      }
      return best;
    },
    area: (a, b) => [nearestAxis(a[0]).x - 30, a[1], 60, b[1] - a[1]],
    asks: (a, b) => {
      const axis = nearestAxis(a[0]);
      return asked(layer.columns[axes.indexOf(axis)], axis.scale, [a[1], b[1]], axis.words.length ? axis.words : null);
    },
    frames: condition => condition.ranges.size !== 1 ? [] : axes.flatMap((axis, at) => {
      const range = rangeOf(condition, sweep, layer.columns[at]), [top, bottom] = stretched(axis.scale, range);
      return range ? [[axis.x - 30, top, 60, bottom - top]] : [];
    }),
    paint: (context, chosen) => {
      const rows = [...chosen.keys()].filter(row => chosen[row] && layer.has(row));
      const step = Math.max(1, Math.ceil(rows.length / MOST_THREADS));
      Object.assign(context, { lineWidth: 4, globalAlpha: 0.55 });
      const shown = rows.filter((_, at) => at % step === 0);
      for (const [part, rows] of [['.threads:not(.best)', shown.filter(row => !isBest(row))], ['.best', shown.filter(isBest)]]) {
        context.strokeStyle = ink(g.querySelector(part) ?? g);
        for (const row of rows) trace(context, row);
      }
      context.globalAlpha = 1;
    },
    point: (context, row, line) => {
      Object.assign(context, { strokeStyle: line, lineWidth: 12 });
      trace(context, row);
    },
  });
};
