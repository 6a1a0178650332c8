// ---- numbers in words, as src/page/number.rs has them: four significant digits, commas from 10,000 on, powers of ten.
// The digits of a positive number and their power of ten, rounded to the nearest, of two that are equally near to the even one.
const scientific = (value, digits) => {
  const rounded = value.toExponential(digits - 1).split('e'), finer = value.toExponential(digits).split('e');
  const isBetween = finer[0].endsWith('5') && /^0*e/.test(value.toExponential(60).slice(finer[0].length));
  const [mantissa, power] = isBetween && Number(rounded[0].at(-1)) % 2 ? [finer[0].slice(0, -1), finer[1]] : rounded;
  return [mantissa, Number(power)];
};
const toEven = value => {
  const below = Math.floor(value), rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2) ? below + 1 : below;
};
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const raised = power => (power < 0 ? '⁻' : '') + [...String(Math.abs(power))].map(digit => SUPERSCRIPTS[digit]).join('');
const grouped = text => text.replace(/^\d{5,}/, whole => whole.replace(/\B(?=(\d{3})+$)/g, ','));
const trimmed = text => text.includes('.') ? text.replace(/\.?0+$/, '') : text;
const shown = (value, digits = 4) => {
  if (typeof value === 'string') return value;
  if (Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const sign = value < 0 ? '−' : '', size = Math.abs(value);
  const [mantissa, power] = scientific(size, digits), short = trimmed(mantissa);
  if (power < -4 || power > 5) return `${sign}${short === '1' ? '' : `${short}×`}10${raised(power)}`;
  return sign + grouped(power < digits ? trimmed(Number(`${mantissa}e${power}`).toFixed(digits - 1 - power)) : String(toEven(size)));
};
// A number in the short form in which it is typed: 3.587e-5.
const typed = value => value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6) ? value.toExponential(3).replace(/\.?0+e/, 'e') : String(+value.toPrecision(4));
const counted = n => n.toLocaleString('en-US');
// A number that is typed or pasted: 3.6e-5, 3.6×10⁻⁵, −2.
const number = text => {
  if (/^(true|false)$/i.test(text)) return Number(/^true$/i.test(text));
  const plain = text.trim().replaceAll('−', '-').replace(/^(-?)(?:([\d.]+)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/, (_, sign, mantissa = '1', power) =>
    `${sign}${mantissa}e${[...power].map(c => c === '⁻' ? '-' : SUPERSCRIPTS.indexOf(c)).join('')}`);
  return plain === '' ? NaN : Number(plain);
};
