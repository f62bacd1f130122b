import type { ImageFacts } from './image-facts.ts';
import { seededRandom, shuffled } from './random.ts';

/** Queries for one image, one after the other without end. */
export type Queries = (image: ImageFacts) => () => string;

/** Fixed, so that every run and every server gets the same requests. */
const SEED = 20_260_222;

/**
 * Whole tiles of the full resolution in pseudo-random order. The list starts again at its end: it is longer than the
 * tile cache of either server holds, so a tile has gone by the time it comes round.
 */
function eachTileOnce(image: ImageFacts): () => { column: number; row: number } {
  const columns = Math.floor(image.width / image.tile);
  const order = shuffled(columns * Math.floor(image.height / image.tile), seededRandom(SEED));
  let sent = 0;
  return () => {
    const cell = order[sent++ % order.length] ?? 0;
    return { column: cell % columns, row: Math.floor(cell / columns) };
  };
}

/** IIP tiles of the full resolution, each once. */
export function tiles(modifiers = ''): Queries {
  return (image) => {
    const next = eachTileOnce(image);
    const columns = Math.ceil(image.width / image.tile);
    return () => {
      const { column, row } = next();
      return `FIF=${image.file}${modifiers}&JTL=${image.levels - 1},${row * columns + column}`;
    };
  };
}

/** Tiles side by side and one above the other in a view. */
const VIEW = { columns: 6, rows: 4 };

/** IIP tiles of the full resolution as a viewer asks for them: all of one view, then all of another somewhere else. */
export function neighbouringTiles(modifiers = ''): Queries {
  return (image) => viewsOf(image, modifiers);
}

function viewsOf(image: ImageFacts, modifiers: string): () => string {
  const random = seededRandom(SEED);
  const columns = Math.ceil(image.width / image.tile);
  const rows = Math.ceil(image.height / image.tile);
  let sent = 0;
  let corner = { column: 0, row: 0 };
  return () => {
    const place = sent++ % (VIEW.columns * VIEW.rows);
    if (place === 0) corner = { column: random.below(columns - VIEW.columns), row: random.below(rows - VIEW.rows) };
    const row = corner.row + Math.floor(place / VIEW.columns);
    const column = corner.column + (place % VIEW.columns);
    return `FIF=${image.file}${modifiers}&JTL=${image.levels - 1},${row * columns + column}`;
  };
}

/** The same tiles in another format, as IIIF asks for them. */
export function tilesAs(extension: string): Queries {
  return (image) => {
    const next = eachTileOnce(image);
    const side = image.tile;
    return () => {
      const { column, row } = next();
      return `IIIF=${image.file}/${column * side},${row * side},${side},${side}/${side},/0/default.${extension}`;
    };
  };
}

/** Always the same tile, from the middle of the image. */
export const oneTile: Queries = (image) => {
  const columns = Math.ceil(image.width / image.tile);
  const row = Math.floor(image.height / image.tile / 2);
  return () => `FIF=${image.file}&JTL=${image.levels - 1},${row * columns + Math.floor(columns / 2)}`;
};

/** The whole image in ever new widths, so that no answer has been given before. */
export const wholeImage: Queries = (image) => {
  let width = 1000;
  return () => `IIIF=${image.file}/full/${width++},/0/default.jpg`;
};

/** The whole image about 2000 wide, as IIP exports it. */
export const wideExport: Queries = (image) => {
  let width = 2000;
  return () => `FIF=${image.file}&WID=${width++}&CVT=jpeg`;
};

/** Regions of 4000 x 4000 anywhere in the image, at half their size. */
export const halfSizeRegions: Queries = (image) => {
  const random = seededRandom(SEED);
  return () => {
    const x = random.below(Math.max(1, image.width - 4000));
    const y = random.below(Math.max(1, image.height - 4000));
    return `IIIF=${image.file}/${x},${y},4000,4000/2000,/0/default.jpg`;
  };
};

export const infoJson: Queries = (image) => () => `IIIF=${image.file}/info.json`;
