import type { Turns } from './parts.ts';

/** Bytes copied before other requests may get their turn: new memory costs more than the copying. */
const PART_LENGTH = 4 * 2 ** 20;

/** The pieces of a file as one, in memory of its own. */
export async function joinBytes(pieces: readonly Uint8Array[], { takeTurn, signal }: Turns): Promise<Uint8Array> {
  const joined = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    for (let start = 0; start < piece.length; start += PART_LENGTH) {
      if (at > 0) await takeTurn();
      signal?.throwIfAborted();
      const part = piece.subarray(start, start + PART_LENGTH);
      joined.set(part, at);
      at += part.length;
    }
  }
  return joined;
}
