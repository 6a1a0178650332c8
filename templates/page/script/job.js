// ---- one job: its values, its config, its curves, the ends of its logs.
const dialog = $('dialog', { 'aria-labelledby': 'job-title' });
document.body.append(dialog);
dialog.addEventListener('close', () => setFragment({ job: '', sweep: '' }));
dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });

const curve = (curves, metric) => {
  const all = Object.values(curves).flat();
  if (!all.length) return '';
  const span = at => [Math.min(...all.map(p => p[at])), Math.max(...all.map(p => p[at]))];
  const [x0, x1] = span(0), [y0, y1] = span(1);
  const svg = svgElement('svg', { viewBox: '0 0 640 200', preserveAspectRatio: 'none', role: 'img' });
  svg.setAttribute('aria-label', `${metric} over epochs, from ${shown(y0)} to ${shown(y1)}`);
  const place = p => `${640 * (p[0] - x0) / (x1 - x0 || 1)},${195 - 190 * (p[1] - y0) / (y1 - y0 || 1)}`;
  const names = Object.entries(curves).map(([phase, points], series) => {
    svg.append(svgElement('polyline', { points: points.map(place).join(' '), class: `s${series % 7} job-line` }));
    return $('li', {}, $('span', { class: `sign line s${series % 7}` }), phase);
  });
  const ends = (...texts) => $('div', {}, ...texts.map(text => $('span', {}, text)));
  return $('div', { class: 'curve' }, $('p', {}, metric), ends(shown(y1), shown(y0)), svg,
    ends(`epoch ${shown(x0)}`, shown(x1)), $('ul', { class: 'keys' }, ...names));
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
  parts.push(curve(detail.curves, sweep.curve) || $('p', {}, 'No curve was logged.'));
  for (const log of ['stderr', 'stdout']) {
    if (detail[log]) parts.push($('h3', {}, `The end of ${log}.log`), $('pre', { tabindex: '0', 'aria-label': `${log}.log` }, detail[log]));
  }
  return parts;
};
const open = (sweep, row) => {
  const name = jobName(sweep, row), own = sweep === DATA.sweeps[0];
  const close = $('button', { type: 'button', class: 'close' }, 'Close');
  close.addEventListener('click', () => dialog.close());
  const values = [...sweep.by.values()].filter(column => !column.same).map(column =>
    $('div', {}, $('dt', {}, column.label), $('dd', {}, shown(column.at(row)))));
  const parts = [close, $('h2', { id: 'job-title' }, `Job ${name}`), $('p', {}, `${sweep.name} · ${sweep.state(row)}`),
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
