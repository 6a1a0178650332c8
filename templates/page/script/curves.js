// ---- lines that are no jobs: the corner that is nearest on a line says which line it is, and its values.
// A row of numbers, the first of which may stand for a name.
const called = ([first, ...others], names) => [names?.[first] ?? first, ...others];
for (const metadata of document.querySelectorAll('metadata[data-box]')) {
  const svg = metadata.closest('svg');
  if (plots.some(plot => plot.svg === svg && plot.layers[0].columns)) continue;
  const dot = svgElement('circle', { class: 'here', r: 16 });
  let table = null;
  const corners = () => {
    const { heads, parts, names } = JSON.parse(metadata.textContent), place = placing(metadata);
    return { heads, names, lines: parts.map(([name, rows]) => ({ name, rows, at: rows.map(row => [place.x(row[0]), place.y(row[1])]) })) };
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
    dot.setAttribute('cx', best.at[0]);
    dot.setAttribute('cy', best.at[1]);
    svg.append(dot);
    const values = called(best.row, table.names).map((value, i) => `${table.heads[i + 1]} ${shown(value)}`);
    say([best.name, ...values], [event.clientX, event.clientY]);
  };
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('pointerleave', leave);
}
