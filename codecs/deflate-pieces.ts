import { addAbortSignal } from 'node:stream';
import { createDeflate, type ZlibOptions } from 'node:zlib';

/** Length of the pieces, in bytes. */
const PIECE_LENGTH = 2 ** 20;

/** Compresses on another thread. What comes out stays in pieces: joining them would hold the event loop. */
export async function deflatePieces(
  bytes: Uint8Array,
  options: ZlibOptions,
  signal: AbortSignal | undefined,
): Promise<readonly Uint8Array[]> {
  const stream = createDeflate({ ...options, chunkSize: PIECE_LENGTH });
  if (signal) addAbortSignal(signal, stream);
  stream.end(bytes);
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}
