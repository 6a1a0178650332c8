// ---- what the address asks for.
const restore = () => {
  const asked = fragment();
  for (const table of tables) {
    const [query, sort, columns] = ['q', 'sort', 'columns'].map(key => asked.get(keyOf(key, table.index)));
    table.columns = columns ? columns.split(',').map(decodeURIComponent) : null;
    if (sort) table.sort = sort.startsWith('-') ? [sort.slice(1), -1] : [sort, 1];
    if (query !== null || sort || columns) {
      table.input.value = query ?? '';
      table.search(query ?? '');
    }
  }
  if (asked.has('scatter')) {
    const [x = '', y = '', color = '', log = '*'] = asked.get('scatter').split(',').map(decodeURIComponent);
    Object.assign(chosenAxes, { x, y, color, log: log === '*' ? null : log });
  }
  if (free || asked.has('scatter')) showFree();
  pins = pinsOf(asked.getAll('compare'));
  const texts = asked.getAll('sel');
  if (texts.join('\n') !== conditions.map(condition => condition.text).join('\n')) {
    judge(texts);
  }
  if (asked.has('brush')) { // As older pages wrote it: a figure, and what was drawn in it.
    const [index, x0, x1, y0, y1] = asked.get('brush').split(',').map(Number), plot = plots.filter(plot => plot.layers[0].columns)[index];
    if (plot && Number.isFinite(y1)) brush(plot, [[x0, y0], [x1, y1]]);
  }
  showBar();
  tables.forEach(table => table.redraw());
  if (asked.has('compared') && pinned().length > 1) compareJobs(pinned());
  if (asked.has('job')) {
    const sweep = DATA.sweeps.find(s => s.name === asked.get('sweep')) ?? DATA.sweeps[0];
    const row = sweep.rowOf.get(Number(asked.get('job')));
    if (row !== undefined) open(sweep, row);
  }
};
addEventListener('hashchange', () => {
  if (!location.hash.includes('=')) { if (address) write(); return; }
  address = location.hash.slice(1);
  restore();
});
addEventListener('resize', repaintAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaintAll);
restore();
