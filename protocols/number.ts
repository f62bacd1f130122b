import { MalformedRequest } from '../image/errors.ts';

/** Larger whole numbers are refused everywhere: no image side, tile or level reaches it. */
export const LARGEST_INTEGER = 2 ** 31 - 1;

/** Digits with an optional fraction, as IIIF writes percentages and degrees: it would rather have `0.5`, but takes `.5`. */
const DECIMAL = /^(?:\d+(?:\.\d+)?|\.\d+)$/;

/** What JavaScript prints for finite numbers, and a little more: `.5`, `5.`, `+1`. */
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * A whole number from 0 to 2^31 - 1.
 *
 * @param part - what the number stands for, for the error
 * @param quoted - what the error quotes, where the number is one of several
 * @throws MalformedRequest
 */
export function parseInteger(text: string, part: string, quoted = text): number {
  const value = readDigits(text);
  if (!(value <= LARGEST_INTEGER)) {
    throw new MalformedRequest(
      part,
      quoted,
      `${quoted === text ? 'a whole number' : 'whole numbers'} from 0 to ${LARGEST_INTEGER}`,
    );
  }
  return value;
}

/**
 * A number from 0 to 2^31 - 1 without sign or exponent.
 *
 * @throws MalformedRequest
 */
export function parseDecimal(text: string, part: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!(value <= LARGEST_INTEGER)) {
    throw new MalformedRequest(part, text, `a number from 0 to ${LARGEST_INTEGER}, as in 12 or 12.5`);
  }
  return value;
}

/**
 * Any finite number, sign and exponent allowed: scripts print `1e-7`.
 *
 * @param expected - for the error, where words are taken as well
 * @throws MalformedRequest
 */
export function parseReal(text: string, part: string, expected = 'a finite number'): number {
  const value = REAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new MalformedRequest(part, text, expected);
  return value;
}

/**
 * The number that a run of digits means, NaN for anything else: a sign, a point, an exponent or another base is no
 * whole number in a URL. A loop, as every tile's address has several: a pattern takes three times as long.
 */
function readDigits(text: string): number {
  let value = text === '' ? Number.NaN : 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
