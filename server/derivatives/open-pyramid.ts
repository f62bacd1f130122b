import { type BigIntStats, close, open, unlink } from 'node:fs';
import { promisify } from 'node:util';
import type { DecodeTools } from '../../codecs/decode-tools.ts';
import { openSource } from '../../codecs/open-source.ts';
import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { isSameSize } from '../../image/geometry.ts';
import type { ByteSource, ImageSource } from '../../image/source.ts';
import { createFileBytes, ReadFailed, statOf } from '../sources/file-bytes.ts';
import type { BuildOrder } from './build-order.ts';
import { trailerOf } from './pyramid-file.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const remove = promisify(unlink);

/** Opens a complete pyramid of the image. Undefined where none can be read; one that is damaged is removed. */
export async function openPyramid(
  path: string,
  order: BuildOrder,
  tools: DecodeTools,
): Promise<ImageSource | undefined> {
  const descriptor = await openFile(path, 'r').catch(() => undefined);
  if (descriptor === undefined) return undefined;
  try {
    return await readPyramid(await statOf(descriptor), descriptor, { order, tools });
  } catch (error) {
    await closeFile(descriptor).catch(() => undefined); // what cannot be closed is gone all the same
    if (isDamage(error)) await remove(path).catch(() => undefined); // so is what another process has removed
    return undefined;
  }
}

interface Wanted {
  readonly order: BuildOrder;
  readonly tools: DecodeTools;
}

/** @throws anything where it is not what was ordered */
async function readPyramid({ size }: BigIntStats, descriptor: number, { order, tools }: Wanted): Promise<ImageSource> {
  const bytes = createFileBytes(descriptor, Number(size), tools.pool);
  await checkTrailer(bytes, order.key);
  const source = await openSource(bytes, tools);
  const { bands, photometric, hasAlpha, sample } = source.layout;
  const is = JSON.stringify([bands, photometric, hasAlpha, sample]);
  const { layout } = order;
  const isAlike = is === JSON.stringify([layout.bands, layout.photometric, layout.hasAlpha, layout.sample]);
  if (!isAlike || !isSameSize(source.levels[0], order.size)) throw new CorruptSource('a pyramid of another image');
  return source;
}

async function checkTrailer(bytes: ByteSource, key: string): Promise<void> {
  const trailer = trailerOf(key);
  const end = await bytes.read(bytes.size - trailer.length, trailer.length);
  if (!trailer.equals(end)) throw new CorruptSource('the pyramid is not complete');
}

/** Whether it would fail again: what the disk or the machine did not give is there another time. */
export function isDamage(error: unknown): boolean {
  const isWrong = error instanceof CorruptSource || error instanceof UnsupportedSource;
  return isWrong && !(error instanceof ReadFailed);
}
