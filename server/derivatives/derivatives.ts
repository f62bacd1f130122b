import { stat, unlink } from 'node:fs/promises';
import type { DecodeTools } from '../../codecs/decode-tools.ts';
import { withVirtualLevels } from '../../codecs/virtual-levels.ts';
import type { CorruptSource } from '../../image/errors.ts';
import type { ImageSource } from '../../image/source.ts';
import type { Log } from '../logging/log.ts';
import type { BuildOrder } from './build-order.ts';
import { isDamage, openPyramid } from './open-pyramid.ts';
import { EDITION, type OriginalFile, orderOf } from './order-of.ts';
import { pyramidPath } from './pyramid-file.ts';
import { createUseMark } from './pyramid-use.ts';
import { withoutPyramid, withPyramid } from './with-pyramid.ts';

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
      const flat = withoutPyramid(withLevelsOf(order, source, tools), hope);
      if (!pyramid) return { source: flat, edition: '', isCurrent: async () => !(await isThere(path)) };
      let isSound = true;
      const onFailure = (error: CorruptSource) => {
        const isWrong = isDamage(error);
        const what = isWrong ? 'a damaged pyramid is removed' : 'a pyramid cannot be read for now';
        if (isSound) log.error(what, { image: order.name, reason: error.reason });
        isSound = false;
        if (isWrong) unlink(path).catch(() => undefined); // it may be gone already
      };
      const onUse = createUseMark(path);
      onUse();
      const withLevels = withPyramid(flat, pyramid, { onUse, onFailure });
      return { source: withLevels, edition: `\npyramid ${EDITION}`, isCurrent: async () => isSound };
    },
  };
}

/** What has levels by itself, or those that its pyramid will have. */
function withLevelsOf({ recipe }: BuildOrder, source: ImageSource, tools: DecodeTools): ImageSource {
  if (recipe.kind === 'flat') return source;
  const { maxDecodedBytes } = tools.flat;
  return withVirtualLevels(source, { tileSide: recipe.tileSide, maxDecodedBytes, tools });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
