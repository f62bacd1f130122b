import { type BigIntStats, close, open, unlink, utimes } from 'node:fs';
import { promisify } from 'node:util';
import type { DecodeTools } from '../../codecs/decode-tools.ts';
import { openSource } from '../../codecs/open-source.ts';
import { isSameSize } from '../../image/geometry.ts';
import type { ByteSource, ImageSource } from '../../image/source.ts';
import { createFileBytes, statOf } from '../sources/file-bytes.ts';
import type { BuildOrder } from './build-order.ts';
import { trailerOf } from './pyramid-file.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const touch = promisify(utimes);
const remove = promisify(unlink);

/** Opens a complete pyramid of the image. Undefined where there is none; one that cannot be used is removed. */
export async function openPyramid(
  path: string,
  order: BuildOrder,
  tools: DecodeTools,
): Promise<ImageSource | undefined> {
  const descriptor = await openFile(path, 'r').catch(() => undefined);
  if (descriptor === undefined) return undefined;
  try {
    const source = await readPyramid(await statOf(descriptor), descriptor, { order, tools });
    await touchNow(path);
    return source;
  } catch {
    await closeFile(descriptor).catch(() => undefined); // what cannot be closed is gone all the same
    await remove(path).catch(() => undefined); // so is what another process has removed
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
  if (!isAlike || !isSameSize(source.levels[0], order.size)) throw new Error('a pyramid of another image');
  return source;
}

async function checkTrailer(bytes: ByteSource, key: string): Promise<void> {
  const trailer = trailerOf(key);
  const end = await bytes.read(bytes.size - trailer.length, trailer.length);
  if (!trailer.equals(end)) throw new Error('the pyramid is not complete');
}

/** The pyramids not used for longest go first; where nothing can be written, nothing is removed either. */
async function touchNow(path: string): Promise<void> {
  const now = new Date();
  await touch(path, now, now).catch(() => undefined);
}
