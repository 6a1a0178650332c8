// ---- folded sections: what is asked for unfolds.
const folds = [...document.querySelectorAll('details.fold')];
const unfold = element => {
  for (let at = element?.closest('details'); at; at = at.parentElement.closest('details')) at.open = true;
};
// The anchors of the page, and the folded section that the address names.
const unfoldNamed = hash => {
  const name = decodeURIComponent(hash.slice(1));
  if (name && !name.includes('=')) unfold(document.getElementById(name));
};
document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href^="#"]');
  if (link) unfoldNamed(link.getAttribute('href'));
});
addEventListener('hashchange', () => unfoldNamed(location.hash));
unfoldNamed(location.hash);
if (folds.length) {
  const button = $('button', { type: 'button', class: 'unfold' }, 'Unfold all');
  const all = () => folds.every(fold => fold.open);
  button.addEventListener('click', () => {
    const open = !all();
    folds.forEach(fold => { fold.open = open; });
  });
  folds.forEach(fold => fold.addEventListener('toggle', () => { button.textContent = all() ? 'Fold all' : 'Unfold all'; }));
  folds[0].before(button);
}
