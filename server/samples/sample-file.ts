import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createBufferPool } from '../../codecs/buffer-pool.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { createJpegTileEncoder } from '../../codecs/tiff-writer/encode-jpeg-tile.ts';
import { createPyramidWriter, type PyramidOptions } from '../../codecs/tiff-writer/pyramid-writer.ts';
import { deflateTiles, jpegTiles } from '../../codecs/tiff-writer/tile-format.ts';
import { writeFully } from '../write-fully.ts';
import { drawStrips } from './draw-strips.ts';
import { bandsOf, type Picture, rowsOf } from './picture.ts';

const TILE_SIDE = 256;
const JPEG_QUALITY = 85;

/** Hidden, and never the ending of an image: nobody serves or lists it. */
const TEMPORARY_NAME = /^\.mezzotint-[0-9a-f-]{36}\.part$/;

/** A file that is being written grows every second or so: after this time nobody is writing it. */
const ABANDONED_AFTER_MS = 60_000;

/** What a picture's file says about itself, at its very end. */
export interface Edition {
  readonly picture: Picture;
  readonly version: number;
}

/** Whether the file is there and complete, in this edition. */
export async function isCurrent(path: string, edition: Edition): Promise<boolean> {
  const mark = Buffer.from(markOf(edition));
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { size } = await file.stat();
    const end = await file.read(Buffer.alloc(mark.length), 0, mark.length, Math.max(0, size - mark.length));
    return end.buffer.equals(mark);
  } finally {
    await file.close();
  }
}

/**
 * Draws a picture and puts it at `path` in one step once it is complete. Several processes may do so at once: the first
 * one's file stays.
 *
 * @param onProgress - told the part that is done, from 0 to 1
 */
export async function writeSample(
  path: string,
  edition: Edition,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<void> {
  const temporary = join(path, '..', `.mezzotint-${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await writePyramid(file, edition, { signal, onProgress });
    } finally {
      await file.close();
    }
    signal.throwIfAborted();
    if (!(await isCurrent(path, edition))) await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Whether somebody is drawing into the folder, this process or another. */
export async function isBeingDrawn(folder: string | Buffer, names: readonly string[]): Promise<boolean> {
  const candidates = names.filter((name) => TEMPORARY_NAME.test(name));
  const ages = await Promise.all(candidates.map((name) => ageOf(join(folder.toString(), name))));
  return ages.some((age) => age < ABANDONED_AFTER_MS);
}

/** Removes what runs that were killed have left. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!TEMPORARY_NAME.test(name)) continue;
    const path = join(folder, name);
    if ((await ageOf(path)) > ABANDONED_AFTER_MS) await rm(path, { force: true });
  }
}

/** Milliseconds since the file was last written, endless when it is gone. */
async function ageOf(path: string): Promise<number> {
  const status = await stat(path).catch(() => undefined);
  return status ? Date.now() - status.mtimeMs : Number.POSITIVE_INFINITY;
}

async function writePyramid(
  file: FileHandle,
  edition: Edition,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<void> {
  const { picture } = edition;
  let end = 0;
  const write = async (bytes: Uint8Array, offset: number) => {
    await writeFully(file, bytes, offset);
    end = Math.max(end, offset + bytes.length);
  };
  const writer = createPyramidWriter(optionsOf(picture), { write });
  let rows = 0;
  for await (const strip of drawStrips(picture, TILE_SIDE, signal)) {
    await writer.writeTileRow(strip);
    rows += TILE_SIDE;
    onProgress(Math.min(rows / rowsOf(picture), 1));
  }
  await writer.finish();
  await write(Buffer.from(markOf(edition)), end);
}

/** Photographs as JPEG, measurements without loss. */
function optionsOf({ size, title, storage }: Picture): PyramidOptions {
  const common = { size, tileSide: TILE_SIDE, metadata: { text: { description: title } } };
  if (storage) {
    const { photometric, kind, range, pages } = storage;
    const bands = bandsOf(storage);
    const format = deflateTiles({ photometric, bands, kind });
    const ranges = range && Array.from({ length: bands }, () => ({ min: range[0], max: range[1] }));
    return { ...common, bands, kind, format, ranges, ...(pages && { pages }) };
  }
  const tools = { turbo: loadTurbo(), pool: createBufferPool() };
  return { ...common, bands: 3, format: jpegTiles(3, createJpegTileEncoder(3, JPEG_QUALITY, tools)) };
}

/** TIFF readers follow offsets and never see what stands behind the last value. */
function markOf({ picture, version }: Edition): string {
  return `Mezzotint sample: ${picture.name}, version ${version}\n`;
}
