// ---- learning curves of several jobs in one figure.
let phase = ''; // The phase that is shown; empty of the usual one.
const isHeldOut = name => /test|val|eval|dev/i.test(name);
const phaseOf = (sweep, row, name) => sweep.details[row]?.curves[name] ?? [];
const phasesOf = jobs => [...new Set(jobs.flatMap(({ sweep, row }) => Object.keys(sweep.details[row]?.curves ?? {})))];
const phaseNow = jobs => {
  const phases = phasesOf(jobs);
  return phases.includes(phase) ? phase : phases.find(isHeldOut) ?? phases[0];
};
// Jobs with their rows, the class of their lines, and titles; what to draw and to choose.
const overlaid = (jobs, width = 6) => {
  const withCurves = jobs.filter(({ sweep, row }) => Object.values(sweep.details[row]?.curves ?? {}).some(points => points.length));
  if (!withCurves.length) return [$('p', { class: 'note' }, 'The page has no learning curves of these jobs.')];
  const phases = phasesOf(withCurves), now = phaseNow(withCurves);
  const lines = withCurves.map(({ sweep, row, name, title }) => ({ points: phaseOf(sweep, row, now), name, title, act: () => open(sweep, row) })).filter(({ points }) => points.length);
  const label = withCurves[0].sweep.curve, ys = lines.flatMap(({ points }) => points.map(([, y]) => y)), log = isWide(ys);
  const x = { span: spanOf(lines.flatMap(({ points }) => points.map(([x]) => x))), label: 'epoch' }, y = { span: spanOf(ys, log), log, label: titleOf({ label: `${label}, ${now}`, unit: withCurves[0].sweep.curve_unit }) };
  const parts = [lined(`${label} over epochs of ${lines.length} jobs`, x, y, lines, width)];
  if (phases.length > 1) parts.push(chosenFrom('phase', phases.map(name => [name, name]), now, value => { phase = value; watchers.forEach(watcher => watcher()); if (comparison.open) compareJobs(pinned().length ? pinned() : comparable()); }));
  if (lines.length < jobs.length) parts.push($('p', { class: 'note' }, `${counted(lines.length)} of ${counted(jobs.length)} jobs have curves in this page.`));
  return parts;
};
// A choice with its name.
const chosenFrom = (name, options, now, act) => {
  const select = $('select', { 'aria-label': name }, ...options.map(([value, label]) => $('option', { value, ...(value === now ? { selected: '' } : {}) }, label)));
  select.addEventListener('change', () => act(select.value));
  return $('label', { class: 'choice' }, `${name} `, select);
};
