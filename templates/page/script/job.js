// ---- one job: its values, its config, its curves, the ends of its logs.
const dialog = $('dialog', { 'aria-labelledby': 'job-title' });
document.body.append(dialog);
dialog.addEventListener('close', () => setFragment({ job: '', sweep: '' }));
dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });

// The curves of a job, a line for each phase.
const curve = (curves, metric, unit) => {
  const phases = Object.entries(curves).filter(([, points]) => points.length), all = phases.flatMap(([, points]) => points);
  if (!all.length) return '';
  const ys = all.map(([, y]) => y), log = isWide(ys), x = { span: spanOf(all.map(([x]) => x)), label: 'epoch' }, y = { span: spanOf(ys, log), log, label: titleOf({ label: metric, unit }) };
  const lines = phases.map(([, points], at) => ({ points, name: `s${at % 7}` }));
  return $('div', { class: 'curve' }, lined(`${metric} over epochs, from ${shown(Math.min(...ys))} to ${shown(Math.max(...ys))}`, x, y, lines),
    $('ul', { class: 'keys' }, ...phases.map(([phase], at) => $('li', {}, $('span', { class: `sign line s${at % 7}` }), phase))));
};

// A config's keys and values, as texts.
const configs = new Map();
const configOf = (sweep, row) => {
  if (!configs.has(sweep)) {
    const { fixed, varying, truths } = sweep.config;
    configs.set(sweep, {
      fixed: fixed.map(({ rows, values }) => ({ has: rowsOf(rows), values: Object.entries(values) })),
      varying: Object.entries(varying).map(([key, packed]) =>
        ({ key, at: packed.same ? sweep.by.get(packed.same).at : unpack(packed, null), truth: truths.includes(key) })),
    });
  }
  const { fixed, varying } = configs.get(sweep), found = new Map();
  for (const { has, values } of fixed) if (has(row)) values.forEach(([key, value]) => found.set(key, value));
  for (const { key, at, truth } of varying) {
    const value = at(row);
    if (value === null || Number.isNaN(value)) continue;
    found.set(key, truth ? Boolean(value) : typeof value === 'number' ? exact(value, at.digits) : value);
  }
  const text = value => value === '' ? "''" : String(value).replaceAll('\u0001', jobName(sweep, row)).replaceAll('\u0002', '(what was sampled)');
  return [...found].map(([key, value]) => [key, text(value)]).sort(([a], [b]) => a < b ? -1 : 1);
};
const config = (sweep, row, file) => {
  const lines = [];
  let open = [];
  for (const [key, value] of configOf(sweep, row)) {
    const path = key.split('.'), last = path.pop();
    let same = 0;
    while (same < path.length && path[same] === open[same]) same++;
    for (let depth = same; depth < path.length; depth++) lines.push(`${'  '.repeat(depth)}${path[depth]}:\n`);
    open = path;
    const line = `${'  '.repeat(path.length)}${last}: ${value}`;
    lines.push(...(sweep.by.get(key)?.kind === 'parameter' ? [$('strong', {}, line), '\n'] : [line + '\n']));
  }
  const { left } = sweep.config;
  if (!lines.length && !left.length) return '';
  const parts = [$('summary', {}, 'Config'), $('p', { class: 'note' }, 'Sampled parameters that vary are bold.'),
    $('pre', { tabindex: '0', 'aria-label': 'Config' }, ...lines)];
  if (left.length) parts.push($('p', { class: 'note' }, `There is no room in this page for ${left.join(', ')}: see ${file}.`));
  return $('details', { class: 'config' }, ...parts);
};

const logged = (sweep, detail) => {
  if (!detail) {
    return [$('p', {}, `The page has room for the curves and logs of ${Object.keys(sweep.details).length} jobs, this one is not among them.`)];
  }
  const parts = [];
  if (detail.why) parts.push($('p', { class: 'warning' }, detail.why));
  parts.push(curve(detail.curves, sweep.curve, sweep.curve_unit) || $('p', {}, 'No curve was logged.'));
  for (const log of ['stderr', 'stdout']) {
    if (detail[log]) parts.push($('h3', {}, `The end of ${log}.log`), $('pre', { tabindex: '0', 'aria-label': `${log}.log` }, detail[log]));
  }
  return parts;
};
// The jobs before and after one, as its table has them now.
const neighbours = (sweep, row) => {
  const rows = tables.find(table => table.sweep === sweep)?.rows ?? [], at = rows.indexOf(row);
  return at < 0 ? null : { at, n: rows.length, before: rows[at - 1], after: rows[at + 1] };
};
const stepsOf = (sweep, row) => {
  const near = neighbours(sweep, row);
  const step = (label, name, to) => button(label, () => { open(sweep, to); dialog.querySelector(`[aria-label="${name}"]:not(:disabled)`)?.focus(); },
    { class: 'step', 'aria-label': name, ...(to === undefined ? { disabled: '' } : {}) });
  return near ? [step('‹', 'Previous job', near.before), $('span', { class: 'note' }, `${counted(near.at + 1)} of ${counted(near.n)}`), step('›', 'Next job', near.after)] : [];
};
dialog.addEventListener('keydown', event => {
  const name = { ArrowLeft: 'Previous job', ArrowRight: 'Next job' }[event.key];
  if (!name || event.target.localName === 'pre') return;
  event.preventDefault();
  dialog.querySelector(`[aria-label="${name}"]`)?.click();
});
const open = (sweep, row) => {
  const name = jobName(sweep, row), own = sweep === DATA.sweeps[0];
  const close = button('Close', () => dialog.close(), { class: 'close' });
  const mark = button(isPinned(sweep, row) ? 'Do not compare' : 'Compare', () => { pin(sweep, row); mark.textContent = isPinned(sweep, row) ? 'Do not compare' : 'Compare'; }, { class: 'step' });
  const values = [...sweep.by.values()].filter(column => !column.same && column.at(row) !== '').map(column =>
    $('div', {}, $('dt', {}, column.label), $('dd', {}, measured(column, row))));
  const parts = [close, $('h2', { id: 'job-title' }, `Job ${name}`), $('p', { class: 'steps' }, `${sweep.name} · ${sweep.state(row)} `, ...stepsOf(sweep, row), mark),
    $('dl', { class: 'values' }, ...values), config(sweep, row, `cfgs/${name}.yaml` + (own ? '' : ` of ${sweep.name}`)),
    ...logged(sweep, sweep.details[row])];
  if (own) {
    parts.push($('p', {}, 'Next to this page: ', $('a', { href: `cfgs/${name}.yaml` }, `cfgs/${name}.yaml`), ' and ',
      $('a', { href: `logs/${name}/` }, `logs/${name}/`)));
  }
  dialog.replaceChildren(...parts.filter(Boolean));
  if (!dialog.open) dialog.showModal();
  setFragment({ job: name, sweep: own ? '' : sweep.name });
};
