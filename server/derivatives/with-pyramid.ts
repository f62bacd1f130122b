import { CorruptSource } from '../../image/errors.ts';
import { isSameSize } from '../../image/geometry.ts';
import type { ImageSource, Level } from '../../image/source.ts';

/**
 * A flat image with the pixels of its pyramid. What the pyramid cannot give is decoded from the image itself.
 *
 * @param onDamage - told when the pyramid turns out to be damaged
 */
export function withPyramid(flat: ImageSource, pyramid: ImageSource, onDamage: (reason: string) => void): ImageSource {
  let closing: Promise<void> | undefined;

  /** @throws what is no damage */
  function note(error: unknown): void {
    if (!(error instanceof CorruptSource)) throw error;
    onDamage(error.reason);
  }

  return {
    ...flat,
    levels: pyramid.levels,
    ...(pyramid.storage && { storage: pyramid.storage }),
    async read(level, window, signal) {
      try {
        return await pyramid.read(level, window, signal);
      } catch (error) {
        note(error);
        return flat.read(sameLevel(flat, level), window, signal);
      }
    },
    async encodedTile(level, column, row, signal) {
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

/** The same image, which says once that it is read: looking at its header is no use of it. */
export function askingAtFirstUse(flat: ImageSource, ask: () => void): ImageSource {
  let hasAsked = false;
  return {
    ...flat,
    read(level, window, signal) {
      if (!hasAsked) ask();
      hasAsked = true;
      return flat.read(level, window, signal);
    },
  };
}

/** Both halve and round alike. */
function sameLevel({ levels }: ImageSource, wanted: Level): Level {
  const level = levels.find((candidate) => isSameSize(candidate, wanted));
  if (!level) throw new CorruptSource('the pyramid has other levels than its image');
  return level;
}
