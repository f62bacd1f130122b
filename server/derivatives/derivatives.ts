import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { stat, unlink } from 'node:fs/promises';
import type { DecodeTools } from '../../codecs/decode-tools.ts';
import { FLAT_FORMATS, type FlatFormat } from '../../codecs/flat/flat-formats.ts';
import { bytesPerPixel } from '../../image/budget.ts';
import type { ImageSource } from '../../image/source.ts';
import type { Log } from '../logging/log.ts';
import type { BuildOrder } from './build-order.ts';
import { openPyramid } from './open-pyramid.ts';
import { pyramidPath } from './pyramid-file.ts';
import { withoutPyramid, withPyramid } from './with-pyramid.ts';

/** The file that an image was opened from. */
export interface OriginalFile {
  readonly name: string;
  readonly path: Buffer;
  readonly stats: BigIntStats;
  readonly identity: string;
}

/** A flat image, with its pyramid where there is one. */
export interface Derived {
  readonly source: ImageSource;
  /** What cache keys get, as the pixels differ a little; empty without a pyramid. */
  readonly edition: string;
  /** Whether there is still no pyramid, or still a sound one. */
  isCurrent(): Promise<boolean>;
}

/** The pyramids of flat images. */
export interface Derivatives {
  /** Undefined for images that need none. */
  find(source: ImageSource, file: OriginalFile): Promise<Derived | undefined>;
  /** There will be no pyramid of that key. */
  giveUp(key: string): void;
}

interface DerivativesNeeds {
  readonly folder: string;
  readonly tools: DecodeTools;
  readonly log: Log;
  /** Has a pyramid built, some time. */
  readonly request: ((order: BuildOrder) => void) | undefined;
}

/** Version of the way pyramids are built: those of another one are not used. */
const EDITION = 1;

/** Pixels; what is smaller is decoded soon enough. */
const LEAST_PIXELS = 4_000_000;

/** Keys that are remembered as given up; the oldest are asked for again. */
const MOST_GIVEN_UP = 10_000;

export function createDerivatives({ folder, tools, log, request }: DerivativesNeeds): Derivatives {
  const givenUp = new Set<string>();
  return {
    giveUp(key) {
      givenUp.add(key);
      if (givenUp.size > MOST_GIVEN_UP) givenUp.delete(givenUp.values().next().value ?? '');
    },
    async find(source, file) {
      const order = orderOf(source, file);
      if (!order) return undefined;
      const path = pyramidPath(folder, order.key);
      const pyramid = await openPyramid(path, order, tools);
      const hope = { ask: () => request?.(order), isLeft: () => request !== undefined && !givenUp.has(order.key) };
      const flat = withoutPyramid(source, hope);
      if (!pyramid) return { source: flat, edition: '', isCurrent: async () => !(await isThere(path)) };
      let isSound = true;
      const onDamage = (reason: string) => {
        if (isSound) log.error('a damaged pyramid is removed', { image: order.name, reason });
        isSound = false;
        unlink(path).catch(() => undefined); // it may be gone already
      };
      const withLevels = withPyramid(flat, pyramid, onDamage);
      return { source: withLevels, edition: `\npyramid ${EDITION}`, isCurrent: async () => isSound };
    },
  };
}

/** Formats that come row by row, so that building their pyramids takes little memory. */
const IN_ROWS: readonly FlatFormat[] = ['jpeg', 'png'];
/** Decoded bytes that a pyramid of another format may take, which has to be in memory as a whole. */
const MOST_BUILDING_BYTES = 2 ** 31;

/** Undefined for what is small, has several pages or has its levels stored. */
function orderOf(source: ImageSource, { name, path, stats, identity }: OriginalFile): BuildOrder | undefined {
  const format = FLAT_FORMATS.find((candidate) => candidate.name === source.format);
  const { layout, levels, pages } = source;
  const [{ width, height }] = levels;
  const { sample } = layout;
  if (!format || !isFlat(format.name) || pages || width * height < LEAST_PIXELS) return undefined;
  if (sample !== 'uint8' && sample !== 'uint16') return undefined;
  const decoded = width * height * bytesPerPixel(layout);
  if (!IN_ROWS.includes(format.name) && decoded > MOST_BUILDING_BYTES) return undefined;
  const state = [EDITION, name, stats.size, stats.mtimeNs, stats.ctimeNs, source.digest].join('\n');
  return {
    key: createHash('sha256').update(state, 'latin1').digest('hex').slice(0, 40),
    name,
    path: path.toString('latin1'),
    identity,
    format: format.name,
    size: { width, height },
    layout: { ...layout, sample },
  };
}

function isFlat(name: string): name is FlatFormat {
  return FLAT_FORMATS.some((format) => format.name === name);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
