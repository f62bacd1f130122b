import type { Rect } from '../../../image/geometry.ts';
import type { CodingStyle } from '../coding-style.ts';
import { reduceArea } from '../level-grid.ts';

/** Width and height as powers of two. */
export interface Exponents {
  readonly width: number;
  readonly height: number;
}

/** One resolution of a tile: what the bands of one halving add to the coarser one. All components have the same. */
export interface Resolution {
  /** The numbers of its first precinct column and row on the grid that begins at the origin. */
  readonly firstColumn: number;
  readonly firstRow: number;
  /** Precincts side by side, 0 where the resolution has no sample. */
  readonly columns: number;
  readonly rows: number;
  /** In samples of the resolution. */
  readonly precinct: Exponents;
  /** How often the bands are halved. */
  readonly halvings: number;
  /** In samples of the bands, from the origin: one band at the coarsest resolution, else HL, LH and HH. */
  readonly bands: readonly Rect[];
  /** Precincts and code-blocks in samples of the bands. */
  readonly bandPrecinct: Exponents;
  readonly block: Exponents;
  /** Where the precincts begin that the tile's edge cuts, on the tile's own grid. */
  readonly start: { readonly x: number; readonly y: number };
}

/** What the geometry depends on. */
export type GeometryStyle = Pick<CodingStyle, 'decompositions' | 'codeBlock' | 'precincts'>;

const LL = [[0, 0]] as const;
const DETAILS = [
  [1, 0],
  [0, 1],
  [1, 1],
] as const;

/**
 * The resolutions of a tile, coarsest first.
 *
 * @param area - the tile in samples of its components
 * @see ISO/IEC 15444-1 §B.5 to B.7
 */
export function tileResolutions(style: GeometryStyle, area: Rect): Resolution[] {
  return style.precincts.map((precinct, resolution) => {
    const isCoarsest = resolution === 0;
    const halvings = style.decompositions - resolution + (isCoarsest ? 0 : 1);
    const bandPrecinct = isCoarsest ? precinct : { width: precinct.width - 1, height: precinct.height - 1 };
    const own = reduceArea(area, style.decompositions - resolution);
    return {
      ...precinctGrid(own, precinct),
      precinct,
      halvings,
      bands: (isCoarsest ? LL : DETAILS).map(([x, y]) => bandArea(area, halvings, { x, y })),
      bandPrecinct,
      block: {
        width: Math.min(style.codeBlock.width, bandPrecinct.width),
        height: Math.min(style.codeBlock.height, bandPrecinct.height),
      },
      start: {
        x: startOf(own.x, precinct.width, area.x, style.decompositions - resolution),
        y: startOf(own.y, precinct.height, area.y, style.decompositions - resolution),
      },
    };
  });
}

function precinctGrid({ x, y, width, height }: Rect, precinct: Exponents) {
  const firstColumn = Math.floor(x / 2 ** precinct.width);
  const firstRow = Math.floor(y / 2 ** precinct.height);
  const isEmpty = width <= 0 || height <= 0;
  return {
    firstColumn,
    firstRow,
    columns: isEmpty ? 0 : Math.ceil((x + width) / 2 ** precinct.width) - firstColumn,
    rows: isEmpty ? 0 : Math.ceil((y + height) / 2 ** precinct.height) - firstRow,
  };
}

/** The first precinct counts as beginning with the tile, unless it begins later on its own. */
function startOf(resolutionStart: number, precinct: number, tileStart: number, halvings: number): number {
  return resolutionStart % 2 ** precinct === 0 ? resolutionStart * 2 ** halvings : tileStart;
}

function bandArea(area: Rect, halvings: number, detail: { readonly x: number; readonly y: number }): Rect {
  const step = 2 ** halvings;
  const edge = (position: number, isDetail: number) => Math.ceil((position - (isDetail * step) / 2) / step);
  const x = edge(area.x, detail.x);
  const y = edge(area.y, detail.y);
  return {
    x,
    y,
    width: edge(area.x + area.width, detail.x) - x,
    height: edge(area.y + area.height, detail.y) - y,
  };
}

/** The code-blocks of one precinct in one band, by their numbers on the grid that begins at the origin. */
export function precinctBlocks(resolution: Resolution, precinct: number, band: Rect): Rect {
  const { bandPrecinct, block, firstColumn, firstRow, columns } = resolution;
  const column = firstColumn + (precinct % columns);
  const row = firstRow + Math.floor(precinct / columns);
  const left = Math.max(band.x, column * 2 ** bandPrecinct.width);
  const top = Math.max(band.y, row * 2 ** bandPrecinct.height);
  const right = Math.min(band.x + band.width, (column + 1) * 2 ** bandPrecinct.width);
  const bottom = Math.min(band.y + band.height, (row + 1) * 2 ** bandPrecinct.height);
  if (right <= left || bottom <= top) return { x: 0, y: 0, width: 0, height: 0 };
  return blocksOf({ x: left, y: top, width: right - left, height: bottom - top }, block);
}

/** The code-blocks that an area of a band touches. */
export function blocksOf({ x, y, width, height }: Rect, block: Exponents): Rect {
  const left = Math.floor(x / 2 ** block.width);
  const top = Math.floor(y / 2 ** block.height);
  return {
    x: left,
    y: top,
    width: Math.ceil((x + width) / 2 ** block.width) - left,
    height: Math.ceil((y + height) / 2 ** block.height) - top,
  };
}
