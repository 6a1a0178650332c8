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
addEventListener('resize', reselect);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', reselect);
restore();
