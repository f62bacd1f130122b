import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ImageError } from '../../image/errors.ts';

/** Names of images as bytes, Latin-1: anything but control characters, backslashes and dot segments. */
export const anyName = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 40,
  })
  .filter(
    (name) => !/[\u007f\\]/.test(name) && !name.split('/').some((segment) => segment === '.' || segment === '..'),
  );

/** Writes a name as some client might: everything that needs it percent-encoded, and at random what does not. */
export function anySpellingOf(name: string, keep: RegExp): fc.Arbitrary<string> {
  const spellings = [...name].map((character) => {
    const encoded = `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
    const ways = [encoded, encoded.toUpperCase(), ...(keep.test(character) ? [character] : [])];
    return fc.constantFrom(...ways);
  });
  return fc.tuple(...spellings).map((parts) => parts.join(''));
}

/** Spellings of numbers that C, JavaScript or nobody takes for one. */
export const ODD_NUMBERS = [
  '',
  '0',
  '-1',
  '1e9',
  'NaN',
  '1e400',
  '00',
  '+1',
  '1.0',
  '0x10',
  ' 1',
  '1 ',
  '2147483647',
  '2147483648',
  '٣',
  'Infinity',
];

/** Runs a parser and lets nothing but deliberate failures pass for one. */
export function outcomeOf<Result>(parse: () => Result): Result | ImageError {
  try {
    return parse();
  } catch (error) {
    assert.ok(error instanceof ImageError, `not a deliberate failure: ${error}`);
    return error;
  }
}

/** Text made of the pieces that a grammar knows, so that it comes close to being right. */
export function anyTextOf(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { arbitrary: fc.constantFrom(...pieces), weight: 5 },
    { arbitrary: fc.string({ maxLength: 5 }), weight: 1 },
  );
  return fc.array(piece, { maxLength: 16 }).map((parts) => parts.join(''));
}
