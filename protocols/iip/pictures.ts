import type { Operations } from '../../image/operations.ts';
import type { FormatName, ImageRequest, Scale } from '../../image/request.ts';
import { formatOf } from './arguments.ts';
import { type ImageView, INITIAL_VIEW, type View } from './view.ts';

/** What a command for a picture comes to. */
export interface Picture {
  readonly request: ImageRequest;
  /** Exports are given a file name. */
  readonly isExport: boolean;
}

/** A tile of the file, as IIP counts them. */
export interface TileNumber {
  /** From the coarsest, 0. */
  readonly level: number;
  /** Row by row. */
  readonly index: number;
}

/** A tile with all that the commands before it do to it. */
export function tileOf(tile: TileNumber, type: FormatName, view: ImageView): Picture {
  const request: ImageRequest = {
    region: { kind: 'tile', tile: { grid: 'stored', level: tile.level, index: tile.index } },
    scale: { kind: 'max' },
    upscale: false,
    oversize: 'reduce',
    rotation: view.rotation,
    quality: view.quality,
    format: formatOf(type, view),
    ...imageOf(view), // last: literals that begin with a spread take the engine six microseconds
  };
  return { request, isExport: false };
}

/** A tile as it is stored, for TIL: of the commands before it only QLT, SDS and LYR count. */
export function plainTileOf(tile: TileNumber, { identifier, page, layers, encoding }: ImageView): ImageRequest {
  const view = { ...INITIAL_VIEW, identifier, encoding, layers, ...(page && { page }) };
  return tileOf(tile, 'jpeg', view).request;
}

/** Without a size the region goes out at its own, hence no leave to enlarge it: `max` would take it to the limits. */
export function exportOf(type: FormatName, view: ImageView): Picture {
  const scale = scaleOf(view);
  const request: ImageRequest = {
    ...imageOf(view),
    region: view.part ? { kind: 'fraction', part: view.part } : { kind: 'full' },
    scale,
    upscale: scale.kind !== 'max',
    oversize: 'reduce',
    rotation: view.rotation,
    quality: view.quality,
    format: formatOf(type, view),
  };
  return { request, isExport: true };
}

/** What a view says of the image apart from its part and size. */
export function imageOf(view: ImageView): Pick<ImageRequest, 'identifier' | 'page' | 'layers' | 'operations'> {
  const { identifier, page, layers } = view;
  const operations = operationsOf(view);
  return { identifier, ...(page && { page }), ...(layers && { layers }), ...(operations && { operations }) };
}

/** Undefined where no command was given. */
function operationsOf({ operations }: View): Operations | undefined {
  let all: Operations | undefined;
  for (const some of Object.values(operations)) all = { ...all, ...some };
  return all;
}

function scaleOf({ width, height }: View): Scale {
  if (width && height) return { kind: 'fit', within: { width, height } };
  if (width) return { kind: 'width', pixels: width };
  return height ? { kind: 'height', pixels: height } : { kind: 'max' };
}
