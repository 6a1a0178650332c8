// ---- what all parts need: the address, the tip, what is said to who does not see.
// #job=12&q=lr<0.1&sort=lr&sel=…&sel=…; the browser's own anchors have no `=`, and take nothing of it away.
let address = location.hash.includes('=') ? location.hash.slice(1) : '';
const fragment = () => new URLSearchParams(address);
const write = () => history.replaceState(null, '', '#' + address);
const setFragment = changes => {
  const now = fragment(), before = String(now);
  for (const [key, value] of Object.entries(changes)) {
    now.delete(key);
    for (const one of [value].flat()) if (one) now.append(key, one);
  }
  if (String(now) === before) return;
  address = String(now);
  write();
};

const live = $('div', { class: 'hidden', 'aria-live': 'polite', role: 'status' });
const tip = $('div', { class: 'tip', hidden: '' });
document.querySelector('main').append(live, tip);
const say = (lines, [x, y]) => {
  (document.querySelector('dialog[open]') ?? document.querySelector('main')).append(tip);
  tip.hidden = false;
  tip.replaceChildren(...lines.map(line => $('div', {}, line)));
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.max(4, Math.min(y + 14, innerHeight - tip.offsetHeight - 8))}px`;
};
const hush = () => { tip.hidden = true; };
// What it points at moves away.
addEventListener('wheel', hush, { passive: true });

// What has a name of its own says it at once, to a finger too: the browser's own tip knows the mouse only.
let named = false;
document.addEventListener('pointerover', event => {
  const title = [...event.target.children].find(child => child.namespaceURI.endsWith('svg') && child.localName === 'title');
  if (title) {
    event.target.dataset.title = title.textContent;
    title.remove();
  }
  const text = event.target.dataset?.title;
  if (text && !event.target.closest('.plot')) say([text], [event.clientX, event.clientY]);
  else if (named) hush();
  named = Boolean(text);
});

// The units of a figure, and from values to them.
const inFigure = (svg, event) => {
  const box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal;
  return [(event.clientX - box.left) / box.width * view.width, (event.clientY - box.top) / box.height * view.height];
};
const onPage = (svg, [x, y]) => {
  const box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal;
  return [box.left + x / view.width * box.width, box.top + y / view.height * box.height];
};
const numbersOf = text => text.split(' ').map(Number);
const placing = ({ dataset }) => {
  const [left, top, right, bottom] = numbersOf(dataset.box);
  const [across, up] = [axisOf(numbersOf(dataset.xspan), dataset.xlog === 'true', left, right), axisOf(numbersOf(dataset.yspan), dataset.ylog === 'true', bottom, top)];
  return { x: across.place, y: up.place, across, up };
};
