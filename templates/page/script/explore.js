// ---- the selection beside the whole: its numbers, its distribution, its learning curves; and a scatter plot of any columns.
const [summaryFigure, freeFigure, curvesFigure] = ['beside', '', ''].map(name => $('figure', { class: name }));
const explore = $('section', { id: 'explore' },
  $('p', {}, 'Drag in any figure to select jobs; conditions of several figures hold together.'), $('div', { class: 'explore' }, summaryFigure, freeFigure, curvesFigure));
const exploreFold = $('details', { class: 'fold' }, $('summary', {}, $('h2', {}, 'Explore')), explore);
const afterAnswers = document.querySelector('main > details.fold');
afterAnswers ? afterAnswers.before(exploreFold) : document.querySelector('main').append(exploreFold);
const exploreLink = $('li', { class: 'more' }, $('a', { href: '#explore' }, 'Explore')), firstMore = document.querySelector('nav li.more');
firstMore ? firstMore.before(exploreLink) : document.querySelector('nav ol')?.append(exploreLink);

// The jobs of each sweep, and of the selection in it.
const summaries = () => DATA.sweeps.filter(sweep => sweep.by.has('objective')).map((sweep, at) => ({ sweep, series: seriesOf(at),
  whole: sweep.whole ??= distributed(sweep, () => true), part: sweep.chosen ? distributed(sweep, row => sweep.chosen[row]) : null }));
// The colour of a sweep is that of its first group.
const seriesOf = at => `s${Math.max(0, DATA.groups.findIndex(group => group.sweep === at)) % 7}`;
const percent = (part, n) => n ? `${+(100 * part / n).toPrecision(3)} %` : '–';
const summaryRow = (name, line, { n, best, median, lost, digits }) => $('tr', {}, $('th', { scope: 'row' }, $('span', { class: `sign line ${line}` }), name),
  ...[counted(n), shown(exact(best, digits)), Number.isFinite(median) ? shown(exact(median, digits)) : n ? 'lost' : '–', percent(lost, n)].map(text => $('td', { class: 'number' }, text)));
const showSummary = () => {
  const all = summaries(), several = DATA.sweeps.length > 1;
  const rows = all.flatMap(({ sweep, series, whole, part }) => [
    summaryRow(several ? sweep.name : 'all jobs', `${series} ${part ? 'dashed' : ''}`, whole),
    ...(part ? [summaryRow(several ? `${sweep.name}, selected` : 'selected', series, part)] : [])]);
  const head = ['of', 'n', ...['best', 'median'].map(label => titleOf({ label, unit: DATA.unit })), 'lost'].map((text, at) => $('th', { scope: 'col', class: at ? 'number' : '' }, text));
  const lines = all.flatMap(({ sweep, series, whole, part }) => [{ points: thinned(steps(whole)), name: `${series} ${part ? 'dashed' : ''}`, title: `${sweep.name}, all jobs` },
    ...(part ? [{ points: thinned(steps(part)), name: series, title: `${sweep.name}, selected` }] : [])]).filter(({ points }) => points.length);
  const xs = lines.flatMap(({ points }) => points.map(([x]) => x)), log = isWide(xs);
  const chart = lines.length ? [lined(`Distribution of the ${DATA.objective} of the selection and of all`, { span: spanOf(xs, log), log, label: titleOf({ label: DATA.objective, unit: DATA.unit }) }, { span: [0, 1], label: 'share of jobs' }, lines, 9)] : [];
  summaryFigure.replaceChildren($('figcaption', {}, selects() ? `The ${selectedWords()} selected jobs beside all` : 'All jobs: select some to see them beside all'), ...chart,
    $('div', {}, $('div', { class: 'scroll' }, $('table', {}, $('thead', {}, $('tr', {}, ...head)), $('tbody', {}, ...rows))),
      $('p', { class: 'note' }, 'n: jobs that ended. A lost job ended without a value, which is worse than all values.')));
  if (chart.length) summaryFigure.append(saveTools(chart[0], 'explore-beside', () => linesText([DATA.objective, 'share of jobs'], lines.map(line => ({ ...line, points: reached(line.points) })))));
  summaryFigure.querySelectorAll('.scroll').forEach(box => sized.observe(box));
};
// At most so many corners as there are places to see them.
const thinned = corners => {
  const step = Math.ceil(corners.length / 4000) * 2;
  return corners.filter((_, at) => at % step < 2 || at >= corners.length - 2);
};

// Curves of the selection, the best first, as many as eyes can follow.
const MOST_CURVES = 60;
const showCurves = () => {
  const logged = ({ details }) => Object.keys(details).map(Number);
  const jobs = DATA.sweeps.flatMap((sweep, at) => logged(sweep).filter(row => !sweep.chosen || sweep.chosen[row]).map(row => ({ sweep, row, name: `${seriesOf(at)} thin` })));
  const value = ({ sweep, row }) => { const found = sweep.by.get('objective')?.at(row) ?? NaN; return Number.isNaN(found) ? Infinity : DATA.minimize ? found : -found; };
  const best = jobs.sort((a, b) => value(a) - value(b)).slice(0, MOST_CURVES).map(job => ({ ...job, title: `job ${calledJob(job)} · ${DATA.objective} ${job.sweep.by.has('objective') ? measured(job.sweep.by.get('objective'), job.row) : '–'}` }));
  const parts = best.length ? overlaid(best) : [$('p', { class: 'note' }, 'The page has no learning curves of these jobs.')], all = total('size');
  if (best.length && best.length < all) parts.push($('p', { class: 'note' }, `The best ${best.length} of ${counted(all)} jobs that have curves in this page. Click a curve to open its job.`));
  curvesFigure.replaceChildren($('figcaption', {}, selects() ? 'Learning curves of the selection' : 'Learning curves'), ...parts);
  const svg = curvesFigure.querySelector('svg');
  if (svg) curvesFigure.append(saveTools(svg, 'explore-curves', () => linesText(['epoch', best[0].sweep.curve], best.map(({ sweep, row, title }) => ({ title, points: phaseOf(sweep, row, phaseNow(best)) })))));
  findStops();
};

// What nobody scrolls to is not drawn.
let exploring = false, exploredAt = -1;
const showExplored = () => {
  if (!exploring || exploredAt === changes) return;
  exploredAt = changes;
  showSummary();
  showCurves();
};
new IntersectionObserver(([{ isIntersecting }]) => {
  exploring = isIntersecting;
  if (isIntersecting && !free) showFree();
  showExplored();
}, { rootMargin: '200px' }).observe(explore);
watchers.push(() => { exploredAt = -1; requestAnimationFrame(showExplored); });
