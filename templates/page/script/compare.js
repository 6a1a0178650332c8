// ---- jobs side by side: what differs in their values and configs, and their curves in one figure.
let pins = []; // By the names of sweeps and the numbers of jobs, which new data keep.
const MOST_PINS = 8;
const isPinned = (sweep, row) => pins.some(one => one.sweep === sweep.name && one.id === sweep.id(row));
const pinned = () => pins.flatMap(({ sweep: name, id }) => {
  const sweep = DATA.sweeps.find(sweep => sweep.name === name), row = sweep?.rowOf.get(id);
  return row === undefined ? [] : [{ sweep, row }];
});
const pinText = (name, id) => name === DATA.sweeps[0].name ? String(id) : `${id}@${name}`;
const setPins = next => {
  pins = next;
  setFragment({ compare: pins.map(({ sweep, id }) => pinText(sweep, id)) });
  showBar();
  tables.forEach(table => table.redraw());
};
// Marks a job for comparison, or takes its mark away.
const pin = (sweep, row) => {
  const id = sweep.id(row), others = pins.filter(one => one.sweep !== sweep.name || one.id !== id);
  if (others.length === pins.length && pins.length === MOST_PINS) { live.textContent = `At most ${MOST_PINS} jobs are compared`; return; }
  setPins(others.length < pins.length ? others : [...pins, { sweep: sweep.name, id }]);
  live.textContent = `job ${jobName(sweep, row)} ${others.length < pins.length ? 'marked' : 'no longer marked'} for comparison`;
};
const calledJob = ({ sweep, row }) => DATA.sweeps.length > 1 ? `${jobName(sweep, row)} (${sweep.name})` : jobName(sweep, row);

const comparison = $('dialog', { class: 'comparison', 'aria-labelledby': 'comparison-title' });
document.body.append(comparison);
comparison.addEventListener('close', () => setFragment({ compared: '' }));
comparison.addEventListener('click', event => { if (event.target === comparison) comparison.close(); });
// The rows of a comparison: a name, the texts of the jobs, and if they differ.
const comparedValues = jobs => {
  const names = new Map(jobs.flatMap(({ sweep }) => [...sweep.by.values()].filter(c => !c.same).map(c => [c.name, c.label])));
  const rows = [['state', jobs.map(({ sweep, row }) => sweep.state(row))],
    ...[...names].map(([name, label]) => [label, jobs.map(({ sweep, row }) => sweep.by.has(name) ? measured(sweep.by.get(name), row) : '–')])];
  return rows.map(([name, texts]) => ({ name, texts, differs: new Set(texts).size > 1 }));
};
const comparedConfigs = jobs => {
  const all = jobs.map(({ sweep, row }) => new Map(configOf(sweep, row))), keys = [...new Set(all.flatMap(config => [...config.keys()]))].sort();
  return keys.map(name => {
    const texts = all.map(config => config.get(name) ?? '–');
    return { name, texts, differs: new Set(texts).size > 1 };
  });
};
const comparedTable = (title, jobs, rows, isAll) => {
  const shownRows = rows.filter(row => isAll || row.differs), same = rows.length - shownRows.length;
  const heads = jobs.map((job, at) => $('th', { scope: 'col' }, $('span', { class: `sign line s${at % 7}` }), calledJob(job)));
  const lines = shownRows.map(({ name, texts, differs }) => $('tr', { class: differs ? 'differs' : '' }, $('th', { scope: 'row' }, name), ...texts.map(text => $('td', {}, text))));
  const note = same ? [$('p', { class: 'note' }, `${counted(same)} ${same === 1 ? 'is' : 'are'} the same in all.`)] : [];
  if (!lines.length) return [$('h3', {}, title), ...note];
  return [$('h3', {}, title), $('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
    $('table', {}, $('thead', {}, $('tr', {}, $('th', { scope: 'col' }, 'name'), ...heads)), $('tbody', {}, ...lines))), ...note];
};
const compareJobs = (jobs, isAll = false) => {
  const all = $('input', { type: 'checkbox' });
  all.checked = isAll;
  all.addEventListener('change', () => { compareJobs(jobs, all.checked); comparison.querySelector('input').focus(); });
  const left = [...new Set(jobs.flatMap(({ sweep }) => sweep.config.left))];
  comparison.replaceChildren(button('Close', () => comparison.close(), { class: 'close' }), $('h2', { id: 'comparison-title' }, `${jobs.length} jobs side by side`),
    ...overlaid(jobs.map((job, at) => ({ ...job, name: `s${at % 7}`, title: `job ${calledJob(job)}` })), 12),
    $('label', { class: 'all' }, all, 'also what is the same in all'),
    ...comparedTable('Values', jobs, comparedValues(jobs), isAll), ...comparedTable('Config', jobs, comparedConfigs(jobs), isAll),
    ...(left.length ? [$('p', { class: 'note' }, `There is no room in this page for ${left.join(', ')}.`)] : []));
  if (!comparison.open) comparison.showModal();
  setFragment({ compared: '1', compare: jobs.map(({ sweep, row }) => pinText(sweep.name, sweep.id(row))) });
};
// What the bar has of it.
const pinChips = () => pinned().map(job => button(`job ${calledJob(job)} ×`, () => pin(job.sweep, job.row), { class: 'chip pin', 'aria-label': `Do not compare job ${calledJob(job)}` }));
const comparable = () => {
  const marked = pinned();
  if (marked.length) return marked;
  return selects() && total('size') <= MOST_PINS ? DATA.sweeps.flatMap(sweep => chosenRows(sweep).map(row => ({ sweep, row }))) : [];
};
const pinsOf = texts => texts.map(text => {
  const [id, name = DATA.sweeps[0].name] = text.split(/@(.*)/s);
  return { sweep: name, id: Number(id) };
});
