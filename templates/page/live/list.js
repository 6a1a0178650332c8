// ---- the list of sweeps, as it changes.
const body = document.querySelector('tbody'), problem = document.querySelector('.warning');
const states = row => {
  const each = Object.entries(row.states ?? {});
  return [$('div', { class: 'bar', 'aria-hidden': 'true' }, ...slices(each)),
    each.map(([state, count]) => `${counted(count)} ${state}`).join(', ')];
};
const best = row => row.best ? `${row.objective} ${shown(row.best.value)}, job ${jobNumber(row.best.job)}` : '–';
const age = row => row.ended ? `${span(seconds() - row.ended)} ago` : '–';
let rows = [];
const paint = () => {
  if (held) return void setTimeout(paint, 200);
  const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  body.replaceChildren(...rows.map(row => $('tr', {}, $('th', { scope: 'row' }, $('a', { href: row.href }, row.name)),
    row.problem ? $('td', {}, row.problem) : row.states ? $('td', { class: 'states' }, ...states(row)) : $('td', {}, 'reading …'),
    $('td', {}, best(row)), $('td', {}, row.seconds_left ? span(row.seconds_left) : '–'), $('td', {}, age(row)))));
  if (focused) [...body.querySelectorAll('a')].find(link => link.getAttribute('href') === focused)?.focus();
};
const show = next => { rows = next; paint(); };
show(JSON.parse(document.getElementById('rows').textContent));
setInterval(() => { if (!body.contains(document.activeElement)) paint(); }, 10000);
const source = new EventSource('events');
source.onmessage = event => { problem.hidden = true; show(JSON.parse(event.data)); };
source.onerror = () => {
  problem.hidden = false;
  problem.textContent = severed(source);
};
addEventListener('pagehide', () => source.close());
