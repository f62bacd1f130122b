import type { Identifier } from '../image/identifier.ts';
import { type FormatName, type ImageRequest, type TileAddress, UPRIGHT } from '../image/request.ts';

/** A tile as it is: upright, in its own colours and in the configured quality. */
export function tileRequest(identifier: Identifier, tile: TileAddress, type: FormatName): ImageRequest {
  return {
    identifier,
    region: { kind: 'tile', tile },
    scale: { kind: 'max' },
    upscale: false,
    oversize: 'refuse',
    rotation: UPRIGHT,
    quality: 'default',
    format: { type },
  };
}
