'use strict';
// The list of sweeps, as it changes.
(() => {
  const body = document.querySelector('tbody'), problem = document.querySelector('.warning');
  const $ = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const shown = value => value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6) ? value.toExponential(3) : String(+value.toPrecision(4));
  const span = seconds => seconds < 90 ? `${Math.max(0, Math.round(seconds))} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min`
    : seconds < 172800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86400).toFixed(1)} days`;
  const classes = { done: 'done', running: 'open', queued: 'open', waiting: 'open' };
  const states = row => {
    const each = Object.entries(row.states ?? {});
    return [$('div', { class: 'bar', 'aria-hidden': 'true' }, ...each.map(([state, count]) => $('span', { class: classes[state] ?? 'bad', style: `flex-grow:${count}` }))),
      each.map(([state, count]) => `${count.toLocaleString('en-US')} ${state}`).join(', ')];
  };
  const best = row => row.best ? `${row.objective} ${shown(row.best.value)}, job ${String(row.best.job).padStart(6, '0')}` : '–';
  const age = row => row.ended ? `${span(Date.now() / 1000 - row.ended)} ago` : '–';
  let rows = [], held = false;
  addEventListener('pointerdown', () => { held = true; });
  for (const type of ['pointerup', 'pointercancel']) addEventListener(type, () => { held = false; });
  const paint = () => {
    if (held) return void setTimeout(paint, 200); // A click ends on the element that it began on.
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
    problem.textContent = source.readyState === EventSource.CLOSED ? 'The server has ended: this page stays as it is.' : 'The connection is lost; trying again.';
  };
  addEventListener('pagehide', () => source.close());
})();
