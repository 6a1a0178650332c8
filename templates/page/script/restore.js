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
  const texts = asked.getAll('sel');
  if (texts.join('\n') !== conditions.map(condition => condition.text).join('\n')) {
    judge(texts);
  }
  if (asked.has('brush')) { // As older pages wrote it: a figure, and what was drawn in it.
    const [index, x0, x1, y0, y1] = asked.get('brush').split(',').map(Number), plot = plots.filter(plot => plot.layers[0].columns)[index];
    if (plot && Number.isFinite(y1)) brush(plot, [[x0, y0], [x1, y1]]);
  }
  if (asked.has('job')) {
    const sweep = DATA.sweeps.find(s => s.name === asked.get('sweep')) ?? DATA.sweeps[0];
    const row = sweep.rowOf.get(Number(asked.get('job')));
    if (row !== undefined) open(sweep, row);
  }
};
// Shows new data, of the same sweeps, in this page: what is selected, searched, sorted and scrolled to stays. Figures that were
// put in place of others meanwhile are found. Also by an event of the document, `newdata`, with the data as its detail.
const update = data => {
  DATA = prepared(data);
  marked = null;
  configs.clear();
  findPlots();
  judge(conditions.map(condition => condition.text));
  tables.forEach(table => table.renew());
};
document.addEventListener('newdata', event => update(event.detail));
addEventListener('hashchange', restore);
addEventListener('resize', repaintAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaintAll);
restore();
