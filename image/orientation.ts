import type { Rect, Size } from './geometry.ts';
import type { Orientation } from './metadata.ts';
import { type Rotation, UPRIGHT } from './request.ts';

/**
 * How stored pixels are turned to stand upright: mirrored left to right first, then clockwise.
 *
 * @see TIFF 6.0 §8, Orientation; EXIF 2.32 §4.6.4
 */
const TURNS: Readonly<Record<Orientation, Rotation>> = {
  1: UPRIGHT,
  2: { mirror: true, degrees: 0 },
  3: { mirror: false, degrees: 180 },
  4: { mirror: true, degrees: 180 },
  5: { mirror: true, degrees: 270 },
  6: { mirror: false, degrees: 90 },
  7: { mirror: true, degrees: 90 },
  8: { mirror: false, degrees: 270 },
};

export function turnOf(orientation: Orientation): Rotation {
  return TURNS[orientation];
}

/** What sines and cosines miss by, times the largest side: less than this over a whole pixel is none more. */
const EPSILON = 1e-6;

/** A size after turning by any angle: the smallest whole pixels that the turned picture fits into, around its centre. */
export function turnedSize({ width, height }: Size, { degrees }: Rotation): Size {
  if (degrees % 180 === 0) return { width, height };
  if (degrees % 90 === 0) return { width: height, height: width };
  const radians = (degrees * Math.PI) / 180;
  const cos = Math.abs(Math.cos(radians));
  const sin = Math.abs(Math.sin(radians));
  return {
    width: Math.ceil(width * cos + height * sin - EPSILON),
    height: Math.ceil(width * sin + height * cos - EPSILON),
  };
}

/**
 * Where a window of a turned image lies in the image as stored.
 *
 * @param stored - size of the stored image
 */
export function storedWindow({ x, y, width, height }: Rect, stored: Size, { mirror, degrees }: Rotation): Rect {
  const upright = turnBack({ x, y, width, height }, stored, degrees);
  return mirror ? { ...upright, x: stored.width - upright.x - upright.width } : upright;
}

function turnBack({ x, y, width, height }: Rect, stored: Size, degrees: number): Rect {
  switch (degrees) {
    case 90:
      return { x: y, y: stored.height - x - width, width: height, height: width };
    case 180:
      return { x: stored.width - x - width, y: stored.height - y - height, width, height };
    case 270:
      return { x: stored.width - y - height, y: x, width: height, height: width };
    default:
      return { x, y, width, height };
  }
}
