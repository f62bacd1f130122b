import * as zlib from 'node:zlib';

/** Compresses bytes on another thread. @param level - 1 to 19 */
export type ZstandardEncoder = (bytes: Uint8Array, level: number) => Promise<Uint8Array>;

type Compress = (
  bytes: Uint8Array,
  options: { readonly params: Readonly<Record<number, number>> },
  done: (error: Error | null, compressed: Buffer) => void,
) => void;

/** What zstd calls ZSTD_c_compressionLevel. */
const LEVEL = 100;

/** The encoder that Node.js has from 22.15 on; undefined before. */
export function zstandardEncoder(): ZstandardEncoder | undefined {
  const compress: unknown = Reflect.get(zlib, 'zstdCompress'); // unknown to the types of Node.js 20
  if (!isCompress(compress)) return undefined;
  return (bytes, level) =>
    new Promise((resolve, reject) => {
      const done = (error: Error | null, compressed: Buffer) => (error ? reject(error) : resolve(compressed));
      compress(bytes, { params: { [LEVEL]: level } }, done);
    });
}

function isCompress(value: unknown): value is Compress {
  return typeof value === 'function';
}
