import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layout, writeSamples } from '../../support/sample-files.ts';
import type { SampleKind } from '../../support/sample-kinds.ts';
import { toBigEndian } from '../../support/to-big-endian.ts';
import { runTool } from '../../support/vips-tool.ts';
import type { Variant } from './matrix-table.ts';

export const SIZE = { width: 100, height: 76 };
const TILE = { width: 48, height: 32 };
const ROWS_PER_STRIP = 16;

/** What tools start from. */
const SEEDS = new Map<string, Buffer>();

/** A file, and what it was made from: itself where no tool took part. */
export interface MadeFile {
  readonly path: string;
  readonly seed: string;
  readonly folder: string;
}

/** Makes the file of a variant: its pixels in the test's own hand, then through the tool that it names. */
export async function makeFile({ kind, way }: Variant, folder: string): Promise<MadeFile> {
  const seed = join(folder, 'seed.tif');
  const made = join(folder, 'made.tif');
  const isOwn = !way.tiffcp && !way.vips;
  const isPlanar = way.planar === true;
  const layout = isOwn
    ? {
        tile: way.layout === 'tiles' ? TILE : ROWS_PER_STRIP,
        isBig: way.file === 'BigTIFF',
        isLittleEndian: way.order !== 'big-endian',
        isReversed: way.fill === 2,
        isDeflated: way.compression === 'Deflate',
      }
    : { tile: ROWS_PER_STRIP };
  await writeFile(seed, seedOf(kind, { size: SIZE, isPlanar, ...layout }));
  if (isOwn) return { path: seed, seed, folder };
  if (way.tiffcp) await runTool('tiffcp', ...way.tiffcp.split(' '), seed, made);
  if (way.isSwapped) await writeFile(made, toBigEndian(await readFile(made)));
  if (way.vips) await runTool('vips', 'tiffsave', seed, made, ...way.vips.split(' '));
  return { path: made, seed, folder };
}

function seedOf(kind: SampleKind, layout: Layout): Buffer {
  const key = JSON.stringify([kind, layout]);
  const seed = SEEDS.get(key) ?? writeSamples(kind, layout);
  SEEDS.set(key, seed);
  return seed;
}

/** The samples of one level as libvips decodes them. */
export async function vipsLevel(path: string, index: number, folder: string): Promise<Buffer> {
  const raw = join(folder, 'level.raw');
  const hasSubIfds = index > 0 && (await runTool('vipsheader', '-a', path)).includes('n-subifds');
  const page = hasSubIfds ? `subifd=${index - 1}` : `page=${index}`;
  await runTool('vips', 'rawsave', `${path}[${page}]`, raw);
  return readFile(raw);
}
