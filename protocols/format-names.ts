import { MalformedRequest } from '../image/errors.ts';
import type { FormatName } from '../image/request.ts';

/** Formats that clients ask for and that nothing here can write. */
const NO_ENCODER: ReadonlyMap<string, string> = new Map([
  ['jxl', 'JPEG XL cannot be written, as there is no encoder for it here'],
]);

/**
 * The format of a name.
 *
 * @param part - of the request that names it
 * @throws MalformedRequest for one that is not offered
 */
export function formatNamed(names: ReadonlyMap<string, FormatName>, text: string, part: string): FormatName {
  const type = names.get(text);
  if (type) return type;
  const reason = NO_ENCODER.get(text);
  throw new MalformedRequest(part, text, [[...names.keys()].join(', '), ...(reason ? [reason] : [])].join('; '));
}
