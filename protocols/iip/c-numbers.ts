/** More digits than it takes to see whether a number lies halfway between two shorter ones. */
const ENOUGH_DIGITS = 40;

/** From here on JavaScript prints exponents. */
const LARGEST_FIXED = 1e21;

/** A number with so many digits after the point, as C prints it by `%f`. */
export function printFixed(value: number, decimals: number): string {
  if (Math.abs(value) >= LARGEST_FIXED) return `${BigInt(value)}.${'0'.repeat(decimals)}`;
  // Only what has but one binary digit more than there are decimals can lie halfway between two of them.
  const isExact = !Number.isInteger(value * 2 ** (decimals + 1));
  return (isExact ? value : toEven(value, value.toFixed(decimals + ENOUGH_DIGITS))).toFixed(decimals);
}

/** A number with so many significant digits and no zeros at the end of its fraction, as C prints it by `%g`. */
export function printGeneral(value: number, significant: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 10 ** significant) return String(value);
  const [digits = ''] = value.toExponential(significant - 1 + ENOUGH_DIGITS).split('e');
  const rounded = toEven(value, digits).toExponential(significant - 1);
  const [mantissa = '', power = ''] = rounded.split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < significant) {
    return withoutZeros(Number(rounded).toFixed(significant - 1 - exponent));
  }
  const sign = exponent < 0 ? '-' : '+';
  return `${withoutZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/**
 * What lies exactly halfway JavaScript rounds up and C to the even digit: made a little smaller where that is below.
 *
 * @param exact - the number with more digits than it will have
 */
function toEven(value: number, exact: string): number {
  const kept = exact.slice(0, -ENOUGH_DIGITS);
  const isHalfway = /^50*$/.test(exact.slice(-ENOUGH_DIGITS));
  return isHalfway && /[02468]\.?$/.test(kept) ? value * (1 - Number.EPSILON) : value;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
