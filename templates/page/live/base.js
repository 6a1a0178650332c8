// ---- what served pages share: jobs and times in words, and a pointer that is held.
const jobNumber = job => String(job).padStart(6, '0');
const span = seconds => seconds < 90 ? `${Math.max(0, Math.round(seconds))} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min`
  : seconds < 172800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86400).toFixed(1)} days`;
const seconds = () => Date.now() / 1000;
const classes = { done: 'done', running: 'open', queued: 'open', waiting: 'open' };
const classOf = state => classes[state] ?? 'bad';
const slices = states => states.map(([state, count]) => $('span', { class: classOf(state), style: `flex-grow:${count}` }));
const severed = source => source.readyState === EventSource.CLOSED ? 'The server has ended: this page stays as it is.' : 'The connection is lost; trying again.';
// A click ends on the element that it began on: nothing is drawn anew meanwhile.
let held = false;
document.addEventListener('pointerdown', () => { held = true; });
for (const type of ['pointerup', 'pointercancel']) document.addEventListener(type, () => { held = false; });
