// ---- lines that are no jobs: the nearest corner says which line it is on, and its values.
for (const metadata of document.querySelectorAll('metadata[data-box]')) {
  const svg = metadata.closest('svg');
  if (plots.some(plot => plot.svg === svg)) continue;
  const dot = svgElement('circle', { class: 'here', r: 16 });
  let table = null;
  const corners = () => {
    const { heads, parts } = JSON.parse(metadata.textContent), place = placing(metadata);
    return { heads, lines: parts.map(([name, rows]) => ({ name, rows, at: rows.map(row => [place.x(row[0]), place.y(row[1])]) })) };
  };
  const leave = () => { dot.remove(); hush(); };
  const point = event => {
    if (event.target.dataset.title) return dot.remove(); // It says its own name.
    table ??= corners();
    const [px, py] = inFigure(svg, event);
    let best = null;
    for (const { name, rows, at } of table.lines) {
      let here = 0;
      const apart = i => Math.abs(at[i][0] - px) + Math.abs(at[i][1] - py) / 1000;
      for (let i = 1; i < at.length; i++) if (apart(i) < apart(here)) here = i;
      const distance = Math.hypot(at[here][0] - px, at[here][1] - py);
      if (distance < (best?.distance ?? 2 * NEAR)) best = { name, row: rows[here], at: at[here], distance };
    }
    if (!best) return leave();
    dot.setAttribute('cx', best.at[0]);
    dot.setAttribute('cy', best.at[1]);
    svg.append(dot);
    say([best.name, ...best.row.map((value, i) => `${table.heads[i + 1]} ${shown(value)}`)], [event.clientX, event.clientY]);
  };
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('pointerleave', leave);
}
