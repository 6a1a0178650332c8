// ---- the keyboard: a section's figures are one stop of the Tab key, Page Up and Page Down lead to the other figures, and S to
// the buttons that save one. What scrolls can be reached.
const figureStops = () => [...document.querySelectorAll('section figure')].map(figure => figure.querySelector('.plot') ?? figure.querySelector('svg')).filter(Boolean);
const findStops = current => {
  const seen = new Set(current && [current.closest('section')]);
  for (const stop of figureStops()) {
    const section = stop.closest('section'), isStop = stop === current || !seen.has(section);
    stop.setAttribute('tabindex', isStop ? '0' : '-1');
    seen.add(section);
    stop.closest('figure').querySelectorAll('.save button').forEach(one => one.setAttribute('tabindex', '-1'));
  }
};
document.addEventListener('focusin', ({ target }) => { if (figureStops().includes(target)) findStops(target); });
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { PageDown: 1, PageUp: -1 }[event.key], seen = figureStops().filter(stop => stop.getClientRects().length), at = seen.indexOf(event.target);
  const save = event.target.closest?.('.save'), way = { ArrowRight: 'nextElementSibling', ArrowLeft: 'previousElementSibling' }[event.key];
  const to = save ? (event.key === 'Escape' ? seen.find(stop => save.closest('figure').contains(stop)) : way && event.target[way])
    : at < 0 ? null : event.key === 's' ? event.target.closest('figure').querySelector('.save button[aria-label^="Save"]') : step && seen[at + step];
  if (!to?.focus) return;
  event.preventDefault();
  to.focus();
});
// A box that scrolls is a stop, and has a name.
const sized = new ResizeObserver(entries => entries.forEach(({ target }) => {
  const scrolls = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
  if (!scrolls) return target.removeAttribute('tabindex');
  if (target.querySelector('a[href], button, [tabindex="0"]')) return undefined;
  target.setAttribute('tabindex', '0');
  target.setAttribute('role', 'region');
  if (!target.hasAttribute('aria-label')) target.setAttribute('aria-label', target.closest('section')?.querySelector('h2')?.textContent ?? 'Table');
  return undefined;
}));
document.querySelectorAll('.scroll:not(.jobs), section pre').forEach(box => sized.observe(box));
findStops();
if (document.getElementById('jobs-0')) document.querySelector('.skip')?.after($('a', { class: 'skip', href: '#jobs-0' }, 'Skip to the jobs'));
