// ---- tables of jobs: all jobs, sortable, searchable; only the rows in sight are in the page.
const HEIGHT = 32;
// What a table has in the address; the first sweep's has no number.
const keyOf = (key, index) => index ? `${key}.${index}` : key;
const ownColumns = sweep => [{ name: 'job', label: 'job', at: sweep.id, kind: 'job' }, { name: 'state', label: 'state', at: sweep.state, kind: 'job' }, ...sweep.by.values()];
// All rows by a column, what is missing last in either order; sorted once.
const ordered = (sweep, name, direction) => {
  const key = `${direction} ${name}`;
  sweep.orders ??= new Map();
  if (!sweep.orders.has(key)) {
    const { at } = ownColumns(sweep).find(c => c.name === name) ?? ownColumns(sweep)[0], keys = Array.from({ length: sweep.n }, (_, row) => at(row));
    const rank = value => lacks(value) ? 1 : 0;
    sweep.orders.set(key, Uint32Array.from(keys.keys()).sort((a, b) => {
      const [x, y] = [keys[a], keys[b]];
      return rank(x) - rank(y) || (rank(x) ? 0 : (x < y ? -1 : x > y ? 1 : 0) * direction) || a - b;
    }));
  }
  return sweep.orders.get(key);
};

const jobTable = (sweep, index) => {
  const section = document.getElementById(`jobs-${index}`), old = section?.querySelector('.scroll');
  if (!old) return null;
  const table = { sweep, index, query: '', fits: null, rows: [], at: 0,
    sort: ['objective', DATA.minimize ? 1 : -1], columns: null };
  const name = table.sweep.name;
  const problem = $('p', { class: 'problem', id: `problem-${index}`, role: 'alert' });
  const input = $('input', { type: 'search', placeholder: 'search: lr=1e-3..1e-1 or -done', title: 'Enter selects what is found', 'aria-label': `Search the jobs of ${name}; Enter selects what is found`, 'aria-describedby': problem.id });
  const count = $('span', { class: 'count', 'aria-live': 'polite' }), head = $('tr'), body = $('tbody'), states = $('span', { class: 'stateful' });
  const view = $('div', { class: 'scroll tall jobs', role: 'region', 'aria-label': `Jobs of ${name}` }, $('table', {}, $('thead', {}, head), body));
  const chooser = columnChooser(table);
  section.querySelector('.note')?.remove();
  const reset = button('All jobs', () => {
    input.value = '';
    clear();
    table.search('');
  });
  old.replaceWith($('div', { class: 'tools' }, input, states, chooser, reset, count), problem, view);
  let columns = [];
  table.title = () => {
    const wanted = table.columns, own = ownColumns(table.sweep);
    columns = wanted ? wanted.map(name => own.find(c => c.name === name)).filter(Boolean) : own.filter(usual);
    head.replaceChildren($('th', { scope: 'col' }, $('span', { class: 'hidden' }, 'compare')), ...columns.map(({ name, label, unit, at }) => {
      const sorts = button(titleOf({ label, unit }), () => {
        table.sort = [name, table.sort[0] === name ? -table.sort[1] : 1];
        setFragment({ [keyOf('sort', index)]: (table.sort[1] < 0 ? '-' : '') + name });
        table.refresh();
      });
      return $('th', { scope: 'col', class: at.words || name === 'job' ? '' : 'number', ...(table.sort[0] === name ? { 'aria-sort': table.sort[1] > 0 ? 'ascending' : 'descending' } : {}) }, sorts);
    }));
  };
  const line = (row, place) => {
    const { sweep } = table, job = jobName(sweep, row);
    const mark = $('input', { type: 'checkbox', tabindex: '-1', 'aria-label': `Compare job ${job}` });
    mark.checked = isPinned(sweep, row);
    mark.addEventListener('click', event => { event.stopPropagation(); pin(sweep, row); });
    const link = $('a', { href: `#job=${job}`, tabindex: place === table.at ? '0' : '-1', 'data-place': place }, job);
    const cells = columns.map(column => column.name === 'job' ? $('td', {}, link) : $('td', { class: column.at.words ? '' : 'number' }, told(column, row)));
    const made = $('tr', { class: sweep.state(row) === 'done' ? '' : 'open' }, $('td', {}, mark), ...cells);
    made.addEventListener('click', event => {
      event.preventDefault();
      table.at = place;
      event.ctrlKey || event.metaKey || event.shiftKey ? pin(sweep, row) : open(sweep, row);
    });
    made.addEventListener('pointerenter', () => { marked = { sweep, row }; repaint(); });
    return made;
  };
  const draw = () => {
    const first = Math.max(0, Math.floor(view.scrollTop / HEIGHT) - 10), last = Math.min(table.rows.length, first + 60), rows = [];
    const gap = n => $('tr', { style: `height:${n * HEIGHT}px`, 'aria-hidden': 'true' });
    for (let place = first; place < last; place++) rows.push(line(table.rows[place], place));
    const held = view.contains(document.activeElement) && document.activeElement.dataset.place;
    body.replaceChildren(gap(first), ...rows, gap(table.rows.length - last));
    if (held) body.querySelector(`[data-place="${held}"]`)?.focus({ preventScroll: true });
    if (!body.querySelector('a[tabindex="0"]')) body.querySelector('a')?.setAttribute('tabindex', '0');
    table.rows.length ? view.removeAttribute('tabindex') : view.setAttribute('tabindex', '0');
  };
  // A row by the keyboard: it comes into view, and has the focus.
  const go = place => {
    table.at = Math.max(0, Math.min(table.rows.length - 1, place));
    const top = table.at * HEIGHT, height = view.clientHeight - 2 * HEIGHT;
    if (top < view.scrollTop) view.scrollTop = top;
    if (top > view.scrollTop + height) view.scrollTop = top - height;
    draw();
    body.querySelector(`[data-place="${table.at}"]`)?.focus({ preventScroll: true });
  };
  view.addEventListener('keydown', event => {
    const { place } = event.target.dataset, by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }[event.key];
    if (place === undefined || (!by && event.key !== ' ')) return;
    event.preventDefault();
    by ? go(Number(place) + by) : pin(table.sweep, table.rows[place]);
  });
  table.redraw = draw;
  table.refresh = keep => {
    const { sweep, fits } = table, { chosen } = sweep;
    table.rows = ordered(sweep, ...table.sort).filter(row => (!chosen || chosen[row]) && (!fits || fits[row]));
    count.textContent = `${counted(table.rows.length)} of ${counted(sweep.n)} jobs`;
    states.replaceChildren(...stateChips(sweep));
    table.title();
    if (!keep) { view.scrollTop = 0; table.at = 0; }
    draw();
  };
  // What cannot be searched is told, and the table stays as it is.
  table.search = query => {
    try {
      table.fits = query.trim() ? fitting(table.sweep, parsed(query)) : null;
      table.query = query;
      problem.textContent = '';
      input.removeAttribute('aria-invalid');
      table.refresh();
    } catch ({ message }) {
      problem.textContent = message;
      input.setAttribute('aria-invalid', 'true');
      return false;
    }
    setFragment({ [keyOf('q', index)]: query });
    return true;
  };
  let waiting;
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => table.search(input.value), 120);
  });
  input.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || !input.value.trim()) return;
    clearTimeout(waiting);
    const query = input.value;
    if (!table.search(query)) return;
    input.value = '';
    table.search('');
    choose(query);
  });
  view.addEventListener('scroll', () => requestAnimationFrame(draw));
  view.addEventListener('pointerleave', () => { marked = null; repaint(); });
  table.input = input;
  table.refresh();
  return table;
};

// The states of jobs as buttons that select by them.
const stateChips = sweep => {
  const key = conditions.find(condition => condition.key === 'state');
  const now = new Set(key?.query.values.map(value => value.text));
  if (!sweep.counts) {
    sweep.counts = new Map();
    for (let row = 0; row < sweep.n; row++) sweep.counts.set(sweep.state(row), (sweep.counts.get(sweep.state(row)) ?? 0) + 1);
  }
  return [...sweep.counts].map(([state, n]) => button(`${state} ${counted(n)}`, () => {
    now.has(state) ? now.delete(state) : now.add(state);
    now.size ? choose(`state=${[...now].map(quoted)}`) : setConditions(conditions.filter(condition => condition !== key));
    [...document.querySelectorAll(`#jobs-${DATA.sweeps.indexOf(sweep)} .stateful button`)].find(made => made.textContent.startsWith(`${state} `))?.focus();
  }, { 'aria-pressed': String(now.has(state)) }));
};
const tables = DATA.sweeps.map(jobTable).filter(Boolean);
watchers.push(() => tables.forEach(table => table.refresh()));
