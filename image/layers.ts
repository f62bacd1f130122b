import { clamp } from './geometry.ts';

/** How many quality layers are decoded at most; `half` of those there are unless a request says more. */
export type MaxLayers = number | 'half';

/**
 * How many of an image's quality layers a request is answered with.
 *
 * @param asked - undefined where the request says nothing
 */
export function settleLayers(asked: number | undefined, stored: number, most: MaxLayers): number {
  const wanted = most === 'half' ? (asked ?? Math.ceil(stored / 2)) : Math.min(asked ?? most, most);
  return clamp(wanted, 1, stored);
}
