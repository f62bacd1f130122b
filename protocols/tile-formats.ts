import { TileNotFound } from '../image/errors.ts';
import type { FormatName } from '../image/request.ts';

/** By extension; descriptors name the first. */
const FORMATS: ReadonlyMap<string, FormatName> = new Map([
  ['jpg', 'jpeg'],
  ['jpeg', 'jpeg'],
  ['png', 'png'],
  ['webp', 'webp'],
  ['avif', 'avif'],
]);

/**
 * The format that the extension of a tile's file name stands for.
 *
 * @throws TileNotFound for one that is not offered
 */
export function tileFormat(extension: string): FormatName {
  const type = FORMATS.get(extension);
  if (!type) throw new TileNotFound(`format "${extension}", only ${[...FORMATS.keys()].join(', ')}`);
  return type;
}
