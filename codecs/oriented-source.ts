import type { Metadata } from '../image/metadata.ts';
import { rotate } from '../image/operations/rotate.ts';
import { storedWindow, turnedSize, turnOf } from '../image/orientation.ts';
import { pyramidOf } from '../image/pyramid.ts';
import type { Rotation } from '../image/request.ts';
import type { ImageSource, Level, Pages, Pyramid, StoredLevel } from '../image/source.ts';

/**
 * The same image with levels, tiles, windows and pixels turned upright; the source itself where it stands so already.
 * No stored tile of a turned image can go out as it is. Each page is turned as it says itself.
 */
export function turnUpright(source: ImageSource): ImageSource {
  const { pages } = source;
  if (!pages) return turnPage(source);
  const first: ImageSource = { ...turnPage(source), pages: turnPages(pages, () => first) };
  return first;
}

/** A page that is opened again is the same again, as others remember what they know of it by its identity. */
function turnPages({ labels, open }: Pages, first: () => ImageSource): Pages {
  const turned = new WeakMap<ImageSource, ImageSource>();
  return {
    labels,
    async open(index) {
      if (index === 0) return first();
      const page = await open(index);
      const known = turned.get(page) ?? turnPage(page);
      turned.set(page, known);
      return known;
    },
  };
}

function turnPage(source: ImageSource): ImageSource {
  if (source.orientation === 1) return source;
  const turn = turnOf(source.orientation);
  const levels = turnLevels(source.levels, turn);
  const storedLevels = new Map(levels.map((level, index) => [level, source.levels[index]]));
  return {
    ...source,
    levels,
    ...(source.storage && { storage: source.storage.map((level) => turnStored(level, turn)) }),
    orientation: 1,
    async read(level, window, signal, layers) {
      const stored = storedLevels.get(level);
      if (!stored) throw new RangeError('level of another source');
      return rotate(await source.read(stored, storedWindow(window, stored, turn), signal, layers), turn);
    },
    encodedTile: async () => undefined,
    metadata: async () => turnMetadata(await source.metadata(), turn),
  };
}

function turnLevels([full, ...others]: Pyramid, turn: Rotation): Pyramid {
  return pyramidOf([turnLevel(full, turn), ...others.map((level) => turnLevel(level, turn))]);
}

function turnLevel(level: Level, turn: Rotation) {
  return { ...turnedSize(level, turn), tile: turnedSize(level.tile, turn) };
}

function turnStored(level: StoredLevel, turn: Rotation): StoredLevel {
  return { ...level, part: turnedSize(level.part, turn) };
}

function turnMetadata(metadata: Metadata, { degrees }: Rotation): Metadata {
  const { resolution } = metadata;
  if (!resolution || degrees % 180 === 0) return metadata;
  return { ...metadata, resolution: { x: resolution.y, y: resolution.x, unit: resolution.unit } };
}
