// ---- the part of a served page that stays: it hears what is new, shows it above the report, and puts a new report in the
// place of the old one. The script of the report runs anew then; it finds the selection in the address.
// ---- who listens beyond the report's own elements must go with the report.
const outer = [];
const listen = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, hear, options) {
  const target = this ?? window; // Where nothing is named, the window is meant.
  if (target === window || target === document || target instanceof MediaQueryList) outer.push([target, type, hear, options]);
  return listen.call(target, type, hear, options);
};
const on = (target, type, hear) => listen.call(target, type, hear);

const button = (text, act) => {
  const element = $('button', { type: 'button' }, text);
  on(element, 'click', act);
  return element;
};
const clock = at => new Date(at * 1000).toLocaleTimeString();
const order = ['done', 'running', 'queued', 'waiting'];
const byState = states => Object.entries(states).sort(([a], [b]) => (order.indexOf(a) + 1 || 9) - (order.indexOf(b) + 1 || 9));

// ---- the panel.
const problem = $('p', { class: 'warning', role: 'alert', hidden: '' });
const facts = $('dl', { class: 'facts' });
const age = $('p', { class: 'note' });
const remarks = $('ul', { class: 'warnings', hidden: '' });
const reported = $('span', {});
const refresh = button('New report now', () => fetch('api/refresh'));
const asked = $('input', { type: 'text', inputmode: 'numeric', 'aria-label': 'Number of a job', placeholder: 'job number' });
const look = button('Look at job', () => { if (/^\d{1,9}$/.test(asked.value.trim())) open(Number(asked.value)); else asked.focus(); });
on(asked, 'keydown', event => { if (event.key === 'Enter') look.click(); });
const running = { summary: $('summary'), body: $('tbody') }, ended = { summary: $('summary'), body: $('tbody') };
const table = (part, label, ...heads) => $('details', { 'data-key': label }, part.summary, $('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
  $('table', {}, $('thead', {}, $('tr', {}, ...heads.map(head => $('th', { scope: 'col' }, head)))), part.body)));
const said = $('div', { class: 'hidden', role: 'status', 'aria-live': 'polite' });
const panel = $('section', { id: 'live', 'aria-labelledby': 'live-title' }, $('h2', { id: 'live-title' }, 'Now'), problem, facts, age, remarks,
  table(running, 'Running jobs', 'job', 'progress', 'objective so far', 'for'), table(ended, 'Jobs that ended last', 'job', 'state', 'objective', 'at', 'why'),
  $('div', { class: 'tools' }, asked, look, refresh, reported), said);
document.querySelector('header').after(panel);

const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const fill = (body, rows) => {
  // A row of the job that had the focus keeps it.
  const focused = body.contains(document.activeElement) ? document.activeElement.textContent : null;
  body.replaceChildren(...rows);
  if (focused) [...body.querySelectorAll('button')].find(each => each.textContent === focused)?.focus();
};
const row = (...cells) => $('tr', {}, ...cells.map(cell => $('td', {}, cell)));
const jobButton = job => button(jobNumber(job), () => open(job));
const progress = job => job.of ? $('span', {}, $('meter', { min: 0, max: job.of, value: job.epoch ?? 0, 'aria-label': `progress of job ${jobNumber(job.job)}` }), ` ${job.epoch ?? 0} of ${job.of}`)
  : job.epoch === null ? '–' : `epoch ${job.epoch}`;

let news = null, lost = '';
const paintStates = states => {
  const bar = document.querySelector('header .states');
  if (!bar) return;
  const each = byState(states);
  bar.querySelector('.bar').replaceChildren(...slices(each));
  bar.querySelector('ul').replaceChildren(...each.map(([state, count]) => $('li', {}, $('span', { class: `dot ${classOf(state)}` }), `${counted(count)} ${state}`)));
};
const paint = () => {
  if (held) return void setTimeout(paint, 200);
  const { pulse, report } = news;
  const wrong = [lost, news.problem, report.problem].filter(Boolean).join(' · ');
  problem.hidden = !wrong;
  put(problem, wrong);
  put(reported, report.making ? ' A report is being made …' : report.number ? ` Report of ${clock(report.made)}` : ' There is no report yet.');
  if (!pulse) return;
  const { pace, best } = pulse, of = pulse.epochs_total > 0 ? ` · ${counted(pulse.epochs_done)} of ${counted(pulse.epochs_total)} epochs` : '';
  const fact = (label, value) => $('div', {}, $('dt', {}, label), $('dd', {}, value));
  facts.replaceChildren(...[
    fact('jobs ended', `${counted(pulse.settled)} of ${counted(pulse.jobs)}`),
    fact('running', counted(pace.running)),
    pace.jobs_per_hour === null ? null : fact('jobs per hour', shown(pace.jobs_per_hour)),
    pace.seconds_left === null ? null : fact('left, about', span(pace.seconds_left)),
    best && fact(`best ${pulse.objective}, job ${jobNumber(best.job)} (${best.state})`, shown(best.value)),
  ].filter(Boolean));
  remarks.hidden = !pulse.remarks.length;
  remarks.replaceChildren(...pulse.remarks.map(text => $('li', {}, text)));
  put(running.summary, pulse.running.length < pace.running ? `Running jobs: the best ${pulse.running.length} of ${counted(pace.running)}` : `Running jobs: ${pace.running}`);
  fill(running.body, pulse.running.map(job => row(jobButton(job.job), progress(job), shown(job.value ?? NaN), job.started ? span(seconds() - job.started) : '–')));
  put(ended.summary, 'Jobs that ended last');
  fill(ended.body, pulse.ended.map(job => row(jobButton(job.job), job.state, shown(job.value ?? NaN), clock(job.at), job.error)));
  const slow = pace.round_seconds >= 3 ? ` · each job is looked at every ${span(pace.round_seconds)}` : '';
  age.dataset.rest = `${of}${slow}`;
  paintStates(pulse.states);
};
setInterval(() => { if (news?.pulse) put(age, `as of ${span(seconds() - news.seen)} ago${age.dataset.rest ?? ''}`); }, 1000);

// ---- one job, read anew while it is open.
const dialog = $('dialog', { id: 'live-job', 'aria-labelledby': 'live-job-title' });
panel.append(dialog);
let job = null, timer = 0;
on(dialog, 'close', () => { job = null; clearTimeout(timer); });
on(dialog, 'click', event => { if (event.target === dialog) dialog.close(); });
const parts = { title: $('h2', { id: 'live-job-title' }), state: $('p'), sampled: $('p', { class: 'note' }), curves: $('div'),
  stderr: $('pre', { tabindex: '0', role: 'region', 'aria-label': 'The end of stderr.log' }), stdout: $('pre', { tabindex: '0', role: 'region', 'aria-label': 'The end of stdout.log' }) };
const close = button('Close', () => dialog.close());
close.className = 'close';
dialog.append(close, parts.title, parts.state, parts.sampled, parts.curves, $('h3', {}, 'The end of stderr.log'), parts.stderr, $('h3', {}, 'The end of stdout.log'), parts.stdout);
const draw = ({ phase, metric, points }) => {
  const name = `${phase} ${metric}`, [xs, ys] = [0, 1].map(i => points.map(point => point[i])), log = isWide(ys);
  return $('div', { class: 'curve' }, $('h3', {}, `${name}: now ${shown(ys.at(-1))}`),
    lined(`${name} over epochs, from ${shown(Math.min(...ys))} to ${shown(Math.max(...ys))}`, { span: spanOf(xs), label: 'epoch' }, { span: spanOf(ys, log), log, label: name }, [{ points, name: 's0' }]));
};
// A log that is read at its end stays at its end.
const tail = (pre, text) => {
  if (pre.textContent === text || pre.contains(getSelection().anchorNode)) return;
  const end = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 8;
  pre.textContent = text;
  if (end) pre.scrollTop = pre.scrollHeight;
};
const ask = async path => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(answer.status === 404 ? 'this job does not exist' : `the server says ${answer.status}`);
  return answer.json();
};
const follow = async wanted => {
  try {
    const [now, end] = await Promise.all([ask(`api/job/${wanted}`), ask(`api/job/${wanted}/tail`)]);
    if (job !== wanted) return;
    const epochs = now.of ? `, epoch ${now.epoch ?? 0} of ${now.of}` : now.epoch === null ? '' : `, epoch ${now.epoch}`;
    put(parts.state, `${now.state}${epochs}${now.error && now.state !== 'running' ? `: ${now.error}` : ''}`);
    put(parts.sampled, now.sampled);
    parts.curves.replaceChildren(...now.curves.filter(curve => curve.points.length > 1).slice(0, 4).map(draw));
    tail(parts.stdout, end.stdout);
    tail(parts.stderr, end.stderr);
  } catch (error) {
    if (job === wanted) put(parts.state, String(error.message ?? error));
  }
  if (job === wanted) timer = setTimeout(() => document.hidden ? (timer = setTimeout(() => follow(wanted), 2000)) : follow(wanted), 2000);
};
const open = wanted => {
  job = wanted;
  put(parts.title, `Job ${jobNumber(wanted)}, live`);
  put(parts.state, 'reading …');
  for (const part of [parts.sampled, parts.curves, parts.stdout, parts.stderr]) part.replaceChildren();
  if (!dialog.open) dialog.showModal();
  clearTimeout(timer);
  follow(wanted);
};

// ---- a new report in the place of the old one.
let has = Number(document.querySelector('meta[name=live-report]').content), swapping = false, touched = 0;
for (const type of ['keydown', 'input', 'wheel', 'touchmove', 'pointerup', 'pointercancel']) on(document, type, () => { touched = Date.now(); });
const isBusy = () => held || Date.now() - touched < 1500 || (!getSelection().isCollapsed && !panel.contains(getSelection().anchorNode));
const mine = element => element === panel || element.dataset?.live !== undefined;
// The name of a place that is there again in the next report.
const keyOf = element => {
  const home = element.closest('section[id], dialog, header, nav'), tag = element.tagName;
  const base = home?.id || home?.tagName || '';
  if (element.id) return `#${element.id}`;
  const text = tag === 'DETAILS' ? element.querySelector('summary')?.textContent : '';
  return `${base}|${tag}|${text || [...(home ?? document).querySelectorAll(tag)].indexOf(element)}`;
};
const within = selector => [...document.querySelectorAll(selector)].filter(element => !panel.contains(element));
const remember = () => {
  const sections = within('main section[id]'), first = sections.find(section => section.getBoundingClientRect().bottom > 0);
  const focus = document.activeElement;
  return {
    details: new Map(within('details').map(each => [keyOf(each), each.open])),
    scrolls: new Map(within('.scroll, dialog, pre').filter(each => each.scrollTop || each.scrollLeft).map(each => [keyOf(each), [each.scrollLeft, each.scrollTop]])),
    anchor: first && [first.id, first.getBoundingClientRect().top], y: scrollY,
    focus: focus && focus !== document.body && !panel.contains(focus) ? keyOf(focus) : null,
  };
};
const restore = ({ details, scrolls, anchor, y, focus }) => {
  for (const each of within('details')) if (details.has(keyOf(each))) each.open = details.get(keyOf(each));
  for (const each of within('.scroll, dialog, pre')) {
    const at = scrolls.get(keyOf(each));
    if (at) [each.scrollLeft, each.scrollTop] = at;
  }
  const section = anchor && document.getElementById(anchor[0]);
  const top = section ? scrollY + section.getBoundingClientRect().top - anchor[1] : y;
  scrollTo({ top, behavior: 'instant' });
  if (focus) within('a, button, input, select, summary, [tabindex]').find(each => keyOf(each) === focus)?.focus({ preventScroll: true });
};
const swap = async () => {
  if (swapping) return;
  swapping = true;
  try {
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const wanted = Number(next.querySelector('meta[name=live-report]')?.content ?? 0);
    if (wanted <= has) return;
    while (isBusy()) await new Promise(resolve => setTimeout(resolve, 200));
    const known = remember(), scripts = [...next.querySelectorAll('script:not([type]):not([data-live])')].map(script => script.textContent);
    for (const [target, ...listener] of outer.splice(0)) target.removeEventListener(...listener);
    for (const element of [...document.body.children]) if (!mine(element)) element.remove();
    next.querySelectorAll('script:not([type])').forEach(script => script.remove());
    const all = [...next.body.children], head = all.findIndex(element => element.tagName === 'HEADER') + 1;
    panel.before(...all.slice(0, head));
    panel.after(...all.slice(head));
    for (const text of scripts) document.body.append($('script', {}, text));
    restore(known);
    has = wanted;
    paint();
    put(said, 'The report was brought up to date.');
  } finally {
    swapping = false;
  }
};

// ---- what is new.
let source = null, closing = 0;
const connect = () => {
  clearTimeout(closing);
  if (source && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource('events');
  source.onmessage = event => {
    news = JSON.parse(event.data);
    lost = '';
    paint();
    if (news.report.number > has) swap();
  };
  source.onerror = () => {
    lost = severed(source);
    if (news) paint();
    else { problem.hidden = false; put(problem, lost); }
  };
};
on(document, 'visibilitychange', () => {
  if (document.hidden) closing = setTimeout(() => source.close(), 30000);
  else connect();
});
on(window, 'pagehide', () => source.close());
on(window, 'pageshow', event => { if (event.persisted) connect(); });
connect();
