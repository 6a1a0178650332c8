// ---- lines that are no jobs: the corner that is nearest on a line says which line it is, and its values.
// A row of numbers, the first of which may stand for a name.
const called = ([first, ...others], names) => [names?.[first] ?? first, ...others];
for (const metadata of document.querySelectorAll('metadata[data-box]')) {
  const svg = metadata.closest('svg');
  if (plots.some(plot => plot.svg === svg && plot.layers[0].columns)) continue;
  const dot = svgElement('circle', { class: 'here', r: 16 });
  let table = null;
  const corners = () => {
    const { heads, units, parts, names } = JSON.parse(metadata.textContent), place = placing(metadata);
    return { heads, units, names, lines: parts.map(([name, rows]) => ({ name, rows, at: rows.map(row => [place.x(row[0]), place.y(row[1])]) })) };
  };
  const put = ([x, y]) => {
    dot.setAttribute('cx', x);
    dot.setAttribute('cy', y);
    svg.append(dot);
  };
  const leave = () => { dot.remove(); hush(); };
  const point = event => {
    if (event.target.dataset.title) return dot.remove(); // It says its own name.
    table ??= corners();
    const [px, py] = inFigure(svg, event);
    let best = { distance: NEAR };
    for (const { name, rows, at } of table.lines) {
      at.forEach((a, i) => {
        const b = at[i + 1] ?? a, [dx, dy] = [b[0] - a[0], b[1] - a[1]];
        const share = Math.min(1, Math.max(0, ((px - a[0]) * dx + (py - a[1]) * dy) / (dx * dx + dy * dy || 1)));
        const distance = Math.hypot(a[0] + share * dx - px, a[1] + share * dy - py), end = share > 0.5 ? i + 1 : i;
        if (distance < best.distance) best = { name, row: rows[end], at: at[end], distance };
      });
    }
    if (!best.row) return leave();
    put(best.at);
    tell(best, [event.clientX, event.clientY]);
  };
  const tell = ({ name, row }, at) => {
    const values = called(row, table.names).map((value, i) => `${table.heads[i + 1]} ${withUnit(shown(value), table.units?.[i])}`);
    say([name, ...values], at);
    return [name, ...values].join(', ');
  };
  // By the keyboard, from corner to corner, and to the next line.
  let [line, corner] = [0, -1];
  const step = event => {
    const along = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0, across = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if (!along && !across) return;
    event.preventDefault();
    table ??= corners();
    line = (line + across + table.lines.length) % table.lines.length;
    const { name, rows, at } = table.lines[line];
    corner = Math.max(0, Math.min(rows.length - 1, corner + along));
    put(at[corner]);
    live.textContent = tell({ name, row: rows[corner] }, onPage(svg, at[corner]));
  };
  (svg.closest('.plot') ?? svg).addEventListener('keydown', step);
  (svg.closest('.plot') ?? svg).addEventListener('blur', leave);
  svg.addEventListener('moved', () => { table = null; leave(); });
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('pointerleave', leave);
}
