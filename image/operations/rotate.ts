import type { Size } from '../geometry.ts';
import type { Rotation } from '../request.ts';
import type { PixelBuffer } from '../source.ts';

type Samples = PixelBuffer['data'];

/** Mirrors left to right and then turns clockwise by a multiple of 90 degrees; upright pixels come back as they are. */
export function rotate<Pixels extends PixelBuffer>(pixels: Pixels, rotation: Rotation): Pixels {
  if (rotation.degrees === 0 && !rotation.mirror) return pixels;
  const turned = unturned(pixels, rotation);
  rotateRows(pixels, rotation, turned, { start: 0, end: turned.height });
  return turned;
}

/** Pixels of the turned size that are yet to be written. */
export function unturned<Pixels extends PixelBuffer>(pixels: Pixels, { degrees }: Rotation): Pixels {
  const { width, height } = pixels;
  const isSideways = degrees === 90 || degrees === 270;
  return { ...pixels, ...(isSideways && { width: height, height: width }), data: emptyLike(pixels.data) };
}

/** Writes some rows of the turned pixels, from one to another. */
export function rotateRows(
  source: PixelBuffer,
  rotation: Rotation,
  target: PixelBuffer,
  { start, end }: { readonly start: number; readonly end: number },
): void {
  const walk = walkOf(source, rotation);
  const rowLength = target.width * target.bands;
  const part = { ...target, height: end - start, data: target.data.subarray(start * rowLength, end * rowLength) };
  copyTurned(source, part, { ...walk, start: walk.start + start * walk.rowStep });
}

function emptyLike(samples: Samples): Samples {
  if (samples instanceof Float32Array) return new Float32Array(samples.length);
  if (samples instanceof Uint32Array) return new Uint32Array(samples.length);
  return samples instanceof Uint16Array ? new Uint16Array(samples.length) : new Uint8Array(samples.length);
}

function copyTurned(source: PixelBuffer, target: Size & { readonly data: Samples }, walk: Walk): void {
  const { bands, data } = source;
  let to = 0;
  for (let row = 0; row < target.height; row++) {
    let from = (walk.start + row * walk.rowStep) * bands;
    for (let column = 0; column < target.width; column++, from += walk.columnStep * bands) {
      for (let band = 0; band < bands; band++) target.data[to++] = Number(data[from + band]);
    }
  }
}

/** Where in the source, counted in pixels, the target's first pixel lies and how far its next column and row are. */
interface Walk {
  readonly start: number;
  readonly columnStep: number;
  readonly rowStep: number;
}

function walkOf({ width, height }: Size, { mirror, degrees }: Rotation): Walk {
  const left = mirror ? width - 1 : 0;
  const right = mirror ? 0 : width - 1;
  const rightwards = mirror ? -1 : 1;
  const bottom = (height - 1) * width;
  switch (degrees) {
    case 90:
      return { start: bottom + left, columnStep: -width, rowStep: rightwards };
    case 180:
      return { start: bottom + right, columnStep: -rightwards, rowStep: -width };
    case 270:
      return { start: right, columnStep: width, rowStep: -rightwards };
    default:
      return { start: left, columnStep: rightwards, rowStep: width };
  }
}
