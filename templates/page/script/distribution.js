// ---- the distribution of the objective: a drag selects a range of it, and the curve of what is selected is drawn over it.
// The share of some jobs that have at most a value: jobs that ended without one are worse than all.
const distributed = (sweep, has) => {
  const at = sweep.by.get('objective')?.at, values = [];
  let lost = 0;
  for (let row = 0; row < sweep.n; row++) {
    if (!has(row)) continue;
    const value = at(row);
    if (sweep.lost(row)) lost++;
    else if (!Number.isNaN(value)) values.push(value);
  }
  const sorted = Float64Array.from(values).sort(), n = sorted.length + lost;
  if (!DATA.minimize) sorted.reverse();
  return { values: sorted, lost, n, digits: at?.digits ?? 17, best: sorted.length ? sorted[0] : NaN, median: quantile(sorted, n) };
};
// The median, where what is lost is worse than all values; that of the middle two values is between them.
const quantile = (sorted, n) => {
  const [a, b] = [sorted[Math.floor((n - 1) / 2)], sorted[Math.floor(n / 2)]];
  return n === 0 ? NaN : a === undefined || b === undefined ? (DATA.minimize ? Infinity : -Infinity) : (a + b) / 2;
};
// The corners of its curve.
const steps = ({ values, n }) => {
  const corners = [];
  values.forEach((value, at) => {
    if (values[at + 1] === value) return;
    corners.push([value, (corners.at(-1)?.[1] ?? 0)], [value, (at + 1) / n]);
  });
  return corners;
};

const distribution = metadata => {
  const { heads, parts } = JSON.parse(metadata.textContent);
  if (heads[0] !== 'curve' || heads[1] !== DATA.objective || heads[2] !== 'share of jobs') return null;
  const shown = parts.map(([name]) => DATA.groups.find(group => group.name === name)).filter(Boolean);
  if (!shown.length) return null;
  const sweep = DATA.sweeps[shown[0].sweep], place = () => placing(metadata);
  const whole = () => numbersOf(metadata.dataset.box);
  return {
    g: metadata, group: shown[0], groups: shown, sweep, how: 'drag to select a range',
    spot: () => null, order: () => [], nearest: () => ({ row: -1 }),
    area: (a, b) => [a[0], whole()[1], b[0] - a[0], whole()[3] - whole()[1]],
    asks: (a, b) => asked(sweep.by.get('objective'), place().across, [a[0], b[0]]),
    frames: condition => {
      const range = condition.ranges.size === 1 && rangeOf(condition, sweep, sweep.by.get('objective'));
      if (!range) return [];
      const [left, right] = stretched(place().across, range), [, top, , bottom] = whole();
      return [[left, top, right - left, bottom - top]];
    },
    paint: context => {
      const { x, y } = place(), [, , right] = whole();
      Object.assign(context, { lineWidth: 10 });
      for (const group of shown) {
        const { chosen, by } = DATA.sweeps[group.sweep];
        if (!by.has('objective')) continue;
        const corners = steps(distributed(DATA.sweeps[group.sweep], row => chosen[row] && group.has(row)));
        if (!corners.length) continue;
        context.strokeStyle = ink(probeOf(group));
        context.beginPath();
        for (const [value, share] of corners) context.lineTo(x(value), y(share));
        context.lineTo(DATA.minimize ? right : x(corners.at(-1)[0]), y(corners.at(-1)[1]));
        context.stroke();
      }
    },
  };
};
const probeOf = group => $('i', { class: `s${DATA.groups.indexOf(group) % 7}` });
