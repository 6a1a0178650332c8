// ---- save a figure, or its numbers.
const save = (name, type, text) => {
  const link = $('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const STYLED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'fill-opacity', 'font-size', 'font-family', 'text-anchor'];
const alone = (svg, added = []) => {
  const copy = svg.cloneNode(true), from = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((element, i) => {
    const style = getComputedStyle(from[i]);
    element.setAttribute('style', STYLED.map(name => `${name}:${style.getPropertyValue(name)}`).join(';'));
    if (element.dataset.title) element.append(Object.assign(svgElement('title', {}), { textContent: element.dataset.title }));
  });
  copy.append(...added);
  // On the page's paper: light lines on nothing are not seen.
  copy.prepend(svgElement('rect', { width: '100%', height: '100%', fill: getComputedStyle(document.body).backgroundColor }));
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', width / 4);
  copy.setAttribute('height', height / 4);
  return new XMLSerializer().serializeToString(copy);
};

// A text stays one cell, and none is a formula to a spreadsheet.
const cell = value => {
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const csv = (heads, rows) => [heads, ...rows].map(row => row.map(cell).join(',')).join('\n') + '\n';
// All jobs of a figure, not only those that are drawn.
const jobsOf = ({ layers }) => {
  const [{ columns, group }] = layers, several = layers.some(layer => layer.group !== group);
  const parts = layers.some(layer => layer.g.dataset.part);
  const rows = layers.flatMap(layer => [...Array(layer.sweep.n).keys()].filter(layer.has).map(row => ({ layer, row })));
  rows.sort((a, b) => DATA.groups.indexOf(a.layer.group) - DATA.groups.indexOf(b.layer.group) || a.row - b.row);
  return csv([...(several ? ['group'] : []), 'job', 'state', ...columns.map(column => column.label), ...(parts ? ['part'] : [])],
    rows.map(({ layer, row }) => [...(several ? [layer.group.name] : []), layer.sweep.id(row), layer.sweep.state(row),
      ...layer.columns.map(({ at }) => plain(at, row)), ...(parts ? [layer.g.dataset.part] : [])]));
};
const tableText = ({ heads, parts, names }) => csv(heads, parts.flatMap(([name, rows]) => rows.map(row => [name, ...called(row, names)])));
// Of a step function one row for each value: the share that reaches it, without the corners.
const reached = rows => rows.filter(([x], at) => rows[at + 1]?.[0] !== x).filter(([, share], at, all) => share !== (all[at - 1]?.[1] ?? 0));
const sharesOf = table => ({ ...table, parts: table.parts.map(([name, rows]) => [name, reached(rows)]) });

// The buttons of a figure: `text` gives its numbers, `drawn` what it looks like.
const saveTools = (svg, name, text, drawn = () => alone(svg)) => {
  const saves = (label, what, run) => button(label, run, { 'aria-label': `${what}: ${svg.getAttribute('aria-label')}` });
  const made = $('div', { class: 'save' }, saves('SVG', 'Save as SVG', () => save(`${name}.svg`, 'image/svg+xml', drawn())));
  if (text) made.append(saves('CSV', 'Data as CSV', () => save(`${name}.csv`, 'text/csv', text())));
  else made.prepend($('span', { class: 'note' }, 'Its numbers are not in this page; see sweep.parquet.'));
  return made;
};
for (const section of document.querySelectorAll('section:not(#explore)')) {
  const figures = [...section.querySelectorAll('figure')].filter(figure => figure.querySelector('svg'));
  figures.forEach((figure, at) => {
    const svg = figure.querySelector('svg'), name = section.id + (figures.length > 1 ? `-${at + 1}` : '');
    const plot = plots.find(p => p.svg === svg && p.layers[0].columns), numbers = svg.querySelector('metadata');
    const table = () => JSON.parse(numbers.textContent), isSteps = svg.closest('.distribution');
    figure.append(saveTools(svg, name, plot ? () => jobsOf(plot) : numbers ? () => tableText(isSteps ? sharesOf(table()) : table()) : null));
  });
}
