// ---- tables of jobs: all jobs, sortable, searchable; only the rows in sight are in the page.
const HEIGHT = 32;
const tables = DATA.sweeps.map((first, index) => {
  let sweep = first;
  const section = document.getElementById(`jobs-${index}`);
  const old = section?.querySelector('.scroll');
  if (!old) return null;
  const columns = [{ name: 'job', label: 'job', at: row => sweep.id(row) }, { name: 'state', label: 'state', at: row => sweep.state(row) },
    ...[...sweep.by.values()].filter(column => column.kind !== 'metric').map(({ name, label }) => ({ name, label, at: row => sweep.by.get(name)?.at(row) ?? NaN }))];
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
  table.refresh = keep => {
    const fits = table.query.trim() ? bound(sweep, parsed(table.query)) : () => true, [name, direction] = table.sort;
    const column = columns.find(c => c.name === name) ?? columns[0];
    const keys = new Map();
    table.rows = [];
    for (let row = 0; row < sweep.n; row++) {
      if ((!sweep.chosen || sweep.chosen[row]) && fits(row)) { table.rows.push(row); keys.set(row, column.at(row)); }
    }
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
    if (!keep) view.scrollTop = 0;
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
  // Takes the present data.
  table.renew = () => {
    sweep = table.sweep = DATA.sweeps[index];
    table.refresh(true);
  };
  table.refresh();
  return table;
}).filter(Boolean);
watchers.push(() => tables.forEach(table => table.refresh()));
