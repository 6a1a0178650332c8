// ---- what reports and served pages share: elements, and axes.
const $ = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter(child => child !== null));
  return element;
};
const svgElement = (name, attributes) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const along = ([low, high], log, from, to) => {
  const scale = log ? Math.log : x => x, start = scale(low), width = scale(high) - start;
  return value => width > 0 ? from + (to - from) * (scale(Math.min(Math.max(value, low), high)) - start) / width : (from + to) / 2;
};
// An axis: where a value is, what is at a place, and the places of its least and greatest value.
const axisOf = (span, log, from, to) => {
  const [scale, back] = log ? [Math.log, Math.exp] : [x => x, x => x], [low, high] = span.map(scale);
  return { place: along(span, log, from, to), value: at => back(low + (high - low) * (at - from) / (to - from)), from, to };
};
