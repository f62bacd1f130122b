import type { Rect } from '../../../image/geometry.ts';
import { intersect } from '../area-plan.ts';
import type { CodingStyle } from '../coding-style.ts';
import { blocksOf, type Exponents, type Resolution, tileResolutions } from './tile-geometry.ts';

/** A tile that holds a window and what decoding it needs, with the code-blocks of the tile it is cut from. */
export interface VirtualTile {
  /** In samples of the window's level. */
  readonly area: Rect;
  readonly style: CodingStyle;
  readonly resolutions: readonly Resolution[];
  /** The code-blocks needed in each band of each resolution, by their numbers on the grid that begins at the origin. */
  readonly needed: readonly (readonly Rect[])[];
}

/** More samples of a band than any filter reaches beyond the window. */
const FILTER_MARGIN = 4;
/** The largest precinct there is. */
const WHOLE = 15;

/** What a window is cut from. */
export interface CutTile {
  readonly style: CodingStyle;
  /** Of the tile; those of the window's level and coarser ones count. */
  readonly resolutions: readonly Resolution[];
  /** The tile in samples of the window's level. */
  readonly area: Rect;
  /** Halvings down to the window's level. */
  readonly reduction: number;
}

/**
 * A halved image is one with fewer halvings: its resolutions, bands and code-blocks are the coarser ones of the whole.
 *
 * @param window - in samples of its level
 */
export function virtualTile({ style, resolutions, area, reduction }: CutTile, window: Rect): VirtualTile {
  const decompositions = style.decompositions - reduction;
  const kept = resolutions.slice(0, decompositions + 1);
  const virtualArea = intersect(area, aligned(window, kept, reduction));
  const precincts = kept.map(({ precinct, block }) => virtualPrecinct(style.codeBlock, precinct, block));
  const virtualStyle: CodingStyle = { ...style, progression: 'LRCP', layers: 1, decompositions, precincts };
  return {
    area: virtualArea,
    style: virtualStyle,
    resolutions: tileResolutions(virtualStyle, virtualArea),
    needed: kept.map((resolution) =>
      resolution.bands.map((band) => neededBlocks(band, resolution, resolution.halvings - reduction, window)),
    ),
  };
}

/** The window and the reach of the filters, up to where the code-blocks of all bands begin and end. */
function aligned(window: Rect, resolutions: readonly Resolution[], reduction: number): Rect {
  const stepOf = (side: 'width' | 'height') =>
    Math.max(...resolutions.map(({ block, halvings }) => 2 ** (block[side] + halvings - reduction)));
  const margin = 2 * FILTER_MARGIN * 2 ** Math.max(...resolutions.map(({ halvings }) => halvings - reduction));
  const [left, right] = stretched(window.x - margin, window.x + window.width + margin, stepOf('width'));
  const [top, bottom] = stretched(window.y - margin, window.y + window.height + margin, stepOf('height'));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function stretched(start: number, end: number, step: number): [number, number] {
  return [Math.floor(start / step) * step, Math.ceil(end / step) * step];
}

/** As large as can be, but where precincts limit the code-blocks they must go on doing so. */
function virtualPrecinct(codeBlock: Exponents, precinct: Exponents, block: Exponents): Exponents {
  return {
    width: block.width < codeBlock.width ? precinct.width : WHOLE,
    height: block.height < codeBlock.height ? precinct.height : WHOLE,
  };
}

function neededBlocks(band: Rect, { block }: Resolution, halvings: number, window: Rect): Rect {
  const step = 2 ** halvings;
  const x = Math.floor(window.x / step) - FILTER_MARGIN;
  const y = Math.floor(window.y / step) - FILTER_MARGIN;
  const right = Math.ceil((window.x + window.width) / step) + FILTER_MARGIN;
  const bottom = Math.ceil((window.y + window.height) / step) + FILTER_MARGIN;
  const part = intersect(band, { x, y, width: right - x, height: bottom - y });
  return part.width > 0 && part.height > 0 ? blocksOf(part, block) : { x: 0, y: 0, width: 0, height: 0 };
}
