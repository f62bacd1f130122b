import assert from 'node:assert/strict';
import type { SampleKind } from '../../support/sample-kinds.ts';
import { meanDifference } from '../../support/vips-tool.ts';
import { type MadeFile, vipsLevel } from './matrix-files.ts';
import { isLossy, type Variant } from './matrix-table.ts';

/**
 * Bits of the kinds that libvips 8.14 reads in no file, the seed included: of 12 and 14 it says `samples_per_pixel not a whole
 * number of bytes`, of 64 `samples out of range`. These rows are measured by arithmetic alone.
 */
const NOT_READ: readonly number[] = [12, 14, 64];

/** Most that lossy compressions change: subsampled colours of such steep waves cost 2.5 in JPEG and 2.9 in WebP. */
const LOST_MEAN = 3.5;

/** What libvips reads of the seeds. */
const SEED_SAMPLES = new Map<SampleKind, Buffer>();

/**
 * Compares what a tool wrote with what it was given, both as libvips reads them: a tool's mistake is no file to measure by.
 *
 * @returns the samples of the finest level as libvips reads them; undefined where no tool has
 *   written them, or libvips reads none of the kind
 */
export async function checkMade({ kind, way }: Variant, made: MadeFile): Promise<Buffer | undefined> {
  if (made.path === made.seed || NOT_READ.includes(kind.bits)) return undefined;
  const samples = await vipsLevel(made.path, 0, made.folder);
  const given = SEED_SAMPLES.get(kind) ?? (await vipsLevel(made.seed, 0, made.folder));
  SEED_SAMPLES.set(kind, given);
  const difference = meanDifference(samples, given);
  if (isLossy(way)) assert.ok(difference <= LOST_MEAN, `the tool has changed samples by ${difference}`);
  else assert.ok(samples.equals(given), 'the tool has written other samples than it was given');
  return samples;
}
