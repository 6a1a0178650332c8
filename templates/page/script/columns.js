// ---- which columns a table of jobs has.
const usual = ({ kind, at, name, same }) => !same && kind !== 'metric' && !(kind === 'progress' && (at.words || name === 'attempts'));
const columnChooser = table => {
  const list = $('div', { class: 'choices', role: 'group', 'aria-label': 'Columns' });
  const folded = $('details', { class: 'chooser' }, $('summary', {}, 'Columns'), list);
  const fill = () => {
    const own = ownColumns(table.sweep), now = table.columns ?? own.filter(usual).map(c => c.name);
    list.replaceChildren(...own.filter(c => c.name !== 'job' && !c.same).map(({ name, label }) => {
      const box = $('input', { type: 'checkbox' });
      box.checked = now.includes(name);
      box.addEventListener('change', () => {
        const wanted = own.filter(c => c.name === 'job' || (c.name === name ? box.checked : (table.columns ?? now).includes(c.name))).map(c => c.name);
        table.choose(wanted);
      });
      return $('label', {}, box, label === name ? label : `${label} `, ...(label === name ? [] : [$('span', { class: 'note' }, name)]));
    }));
  };
  // The names of the columns; null of the usual ones.
  table.choose = names => {
    table.columns = names;
    setFragment({ [keyOf('columns', table.index)]: names?.map(encodeURIComponent).join() });
    table.refresh(true);
  };
  folded.addEventListener('toggle', () => { if (folded.open) fill(); });
  folded.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    folded.open = false;
    folded.querySelector('summary').focus();
  });
  document.addEventListener('pointerdown', event => { if (!folded.contains(event.target)) folded.open = false; });
  return folded;
};
