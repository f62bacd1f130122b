import { CorruptSource, LevelOverBudget, PyramidNotBuilt } from '../../image/errors.ts';
import { isSameSize } from '../../image/geometry.ts';
import type { ImageSource, Level } from '../../image/source.ts';

/** Whom a pyramid tells what happens to it. */
export interface PyramidWatch {
  /** Whenever pixels are wanted of it. */
  readonly onUse: () => void;
  /** It is damaged, or cannot be read. */
  readonly onFailure: (error: CorruptSource) => void;
}

/** A flat image with the pixels of its pyramid. What the pyramid cannot give is decoded from the image itself. */
export function withPyramid(flat: ImageSource, pyramid: ImageSource, watch: PyramidWatch): ImageSource {
  let closing: Promise<void> | undefined;

  /** @throws what is no damage */
  function note(error: unknown): void {
    if (!(error instanceof CorruptSource)) throw error;
    watch.onFailure(error);
  }

  return {
    ...flat,
    levels: pyramid.levels,
    ...(pyramid.storage && { storage: pyramid.storage }),
    async read(level, window, signal) {
      watch.onUse();
      try {
        return await pyramid.read(level, window, signal);
      } catch (error) {
        note(error);
        return flat.read(sameLevel(flat, level), window, signal);
      }
    },
    async encodedTile(level, column, row, signal) {
      watch.onUse();
      try {
        return await pyramid.encodedTile(level, column, row, signal);
      } catch (error) {
        note(error);
        return undefined;
      }
    },
    close() {
      closing ??= Promise.all([flat.close(), pyramid.close()]).then(() => undefined);
      return closing;
    },
  };
}

/** How a pyramid comes to be. */
export interface PyramidHope {
  /** Asks for it, once more when it was forgotten. */
  ask(): void;
  /** Whether it may still be built. */
  isLeft(): boolean;
}

/** Whoever builds may have had too much to do, or nowhere to keep it. */
const ASK_AGAIN_MS = 60_000;

/** The same image, which asks for its pyramid when it is read: looking at its header is no use of it. */
export function withoutPyramid(flat: ImageSource, hope: PyramidHope): ImageSource {
  let askedAt: number | undefined;

  function ask(): void {
    const now = performance.now();
    if (askedAt !== undefined && now - askedAt < ASK_AGAIN_MS) return;
    askedAt = now;
    hope.ask();
  }

  return {
    ...flat,
    async read(level, window, signal) {
      if (hope.isLeft()) ask();
      try {
        return await flat.read(level, window, signal);
      } catch (error) {
        if (error instanceof LevelOverBudget && hope.isLeft()) throw new PyramidNotBuilt(error);
        throw error;
      }
    },
  };
}

/** Both halve and round alike. */
function sameLevel({ levels }: ImageSource, wanted: Level): Level {
  const level = levels.find((candidate) => isSameSize(candidate, wanted));
  if (!level) throw new CorruptSource('the pyramid has other levels than its image');
  return level;
}
