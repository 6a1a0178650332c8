// ---- the bar of the selection: how many jobs, by which conditions, and what to do with them.
const button = (label, run, attributes = {}) => {
  const made = $('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', run);
  return made;
};
const bar = $('div', { class: 'selection', role: 'region', 'aria-label': 'Selection', hidden: '' });
document.querySelector('main').prepend(bar);
const chip = condition => {
  const title = titled(condition);
  return button(`${title} ×`, () => {
    setConditions(conditions.filter(other => other !== condition));
    (bar.querySelector('button') ?? document.querySelector('main')).focus();
  }, { class: 'chip', 'aria-label': `Remove the condition ${title}` });
};
// 3,10-11
const rangesOf = ids => {
  const found = [];
  for (const id of [...ids].sort((a, b) => a - b)) found.at(-1)?.[1] === id - 1 ? found.at(-1)[1] = id : found.push([id, id]);
  return found.map(([low, high]) => low === high ? `${low}` : `${low}-${high}`).join();
};
const chosenRows = sweep => [...Array(sweep.n).keys()].filter(row => !sweep.chosen || sweep.chosen[row]);
const onlyText = () => {
  const parts = DATA.sweeps.filter(sweep => sweep.size).map(sweep => [sweep, `--only ${rangesOf(chosenRows(sweep).map(sweep.id))}`]);
  return parts.map(([sweep, text]) => DATA.sweeps.length > 1 ? `${text}  # ${sweep.name}` : text).join('\n');
};
const csvText = () => {
  const names = [...new Map(DATA.sweeps.flatMap(sweep => [...sweep.by.values()].filter(c => !c.same).map(c => [c.name, c.label])))];
  const several = DATA.sweeps.length > 1;
  const rows = DATA.sweeps.flatMap(sweep => chosenRows(sweep).map(row => [...(several ? [sweep.name] : []), sweep.id(row), sweep.state(row),
    ...names.map(([name]) => { const at = sweep.by.get(name)?.at; return at ? plain(at, row) : ''; })]));
  return csv([...(several ? ['sweep'] : []), 'job', 'state', ...names.map(([, label]) => label)], rows);
};

// To the clipboard; where the page may not (a file in some browsers), by a text that is selected and copied, or shown.
const copy = async (text, what) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = $('textarea', { readonly: '', 'aria-label': what });
    area.value = text;
    const shell = $('dialog', { class: 'copy', 'aria-label': what }, $('p', {}, `${what}: copy it with Ctrl+C.`), area);
    document.body.append(shell);
    shell.addEventListener('close', () => shell.remove());
    shell.append(button('Close', () => shell.close(), { class: 'close' }));
    shell.showModal();
    area.focus();
    area.select();
    if (!document.execCommand('copy')) return;
    shell.close();
  }
  said.textContent = `${what} copied`;
  setTimeout(() => { said.textContent = ''; }, 4000);
};
const said = $('span', { class: 'note', role: 'status' });
const showBar = () => {
  const problems = complaints.map(complaint => $('span', { class: 'problem' }, complaint)), marked = pinChips(), jobs = comparable();
  bar.hidden = !selects() && !problems.length && !marked.length;
  if (bar.hidden) return bar.replaceChildren();
  const one = total('size') === 1 ? 'job' : 'jobs', acts = [];
  if (jobs.length > 1) acts.push(button(`Compare ${jobs.length} jobs`, () => compareJobs(jobs)));
  if (selects()) {
    acts.push(button('Copy --only', () => copy(onlyText(), 'The selection as --only')), button('Copy CSV', () => copy(csvText(), `The CSV of ${counted(total('size'))} ${one}`)));
    if (explore.isConnected) acts.push($('a', { href: '#explore' }, 'Explore'));
  }
  acts.push(button('Clear', () => { setPins([]); clear(); showBar(); }));
  bar.replaceChildren(...(selects() ? [$('strong', {}, selectedWords())] : []), ...conditions.map(chip), ...marked, ...problems, $('span', { class: 'acts' }, said, ...acts));
};
watchers.push(showBar);
