import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { FLAT_FORMATS, type FlatFormat } from '../../codecs/flat/flat-formats.ts';
import { suitableCompression } from '../../codecs/tiff-writer/pyramid-format.ts';
import { bytesPerPixel } from '../../image/budget.ts';
import type { ImageSource } from '../../image/source.ts';
import type { BuildOrder, BuildRecipe } from './build-order.ts';

/** The file that an image was opened from. */
export interface OriginalFile {
  readonly name: string;
  readonly path: Buffer;
  readonly stats: BigIntStats;
  readonly identity: string;
}

/** Version of the way pyramids are built: those of another one are not used. */
export const EDITION = 1;

/** Pixels; what is smaller is decoded soon enough. */
const LEAST_PIXELS = 4_000_000;

/** The pyramid that would serve an image faster: undefined for what is small, has several pages or has its levels stored. */
export function orderOf(source: ImageSource, { name, path, stats, identity }: OriginalFile): BuildOrder | undefined {
  const { layout, levels, pages, digest } = source;
  const [{ width, height }] = levels;
  const { sample = 'uint8' } = layout;
  if (pages || width * height < LEAST_PIXELS) return undefined;
  const recipe = source.format === 'tiff' ? recipeForTiff(source) : recipeForFlat(source);
  if (!recipe) return undefined;
  const state = [EDITION, name, stats.size, stats.mtimeNs, stats.ctimeNs, digest].join('\n');
  return {
    key: createHash('sha256').update(state, 'latin1').digest('hex').slice(0, 40),
    name,
    path: path.toString('latin1'),
    identity,
    recipe,
    size: { width, height },
    layout: { ...layout, sample },
  };
}

/** Formats that come row by row, so that building their pyramids takes little memory. */
const IN_ROWS: readonly FlatFormat[] = ['jpeg', 'png'];
/** Decoded bytes that a pyramid of another format may take, which has to be in memory as a whole. */
const MOST_BUILDING_BYTES = 2 ** 31;

function recipeForFlat({ format, layout, levels }: ImageSource): BuildRecipe | undefined {
  const { sample } = layout;
  if (!isFlat(format) || (sample !== 'uint8' && sample !== 'uint16')) return undefined;
  const decoded = levels[0].width * levels[0].height * bytesPerPixel(layout);
  if (!IN_ROWS.includes(format) && decoded > MOST_BUILDING_BYTES) return undefined;
  return { kind: 'flat', format, layout: { ...layout, sample } };
}

function isFlat(name: string): name is FlatFormat {
  return FLAT_FORMATS.some((format) => format.name === name);
}

/** Sides that stored tiles keep in the pyramid. */
const KEPT_SIDES: readonly number[] = [256, 512, 1024];
const USUAL_SIDE = 256;

/** What is stored in strips or has one level alone: each overview would decode all of it. */
function recipeForTiff({ levels, layout, storage }: ImageSource): BuildRecipe | undefined {
  const [full] = storage ?? [];
  if (!full || (full.kind === 'tiles' && levels.length > 1)) return undefined;
  const { width, height } = full.part;
  const isKept = full.kind === 'tiles' && width === height && KEPT_SIDES.includes(width);
  return {
    kind: 'windows',
    tileSide: isKept ? width : USUAL_SIDE,
    compression: suitableCompression(layout, full.isLossy),
  };
}
