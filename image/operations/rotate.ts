import type { Rotation } from '../request.ts';
import type { PixelBuffer } from '../source.ts';

type Bytes = PixelBuffer & { sample: 'uint8' };

/** Mirrors left to right and then turns clockwise by a multiple of 90 degrees; upright pixels come back as they are. */
export function rotate(pixels: Bytes, rotation: Rotation): Bytes {
  if (rotation.degrees === 0 && !rotation.mirror) return pixels;
  const { width, height, bands } = pixels;
  const isSideways = rotation.degrees === 90 || rotation.degrees === 270;
  const turned = isSideways ? { width: height, height: width } : { width, height };
  const data = new Uint8Array(pixels.data.length);
  const walk = walkOf(pixels, rotation);
  let target = 0;
  for (let row = 0; row < turned.height; row++) {
    let source = (walk.start + row * walk.rowStep) * bands;
    for (let column = 0; column < turned.width; column++, source += walk.columnStep * bands) {
      for (let band = 0; band < bands; band++) data[target++] = Number(pixels.data[source + band]);
    }
  }
  return { ...pixels, ...turned, data };
}

/** Where in the source, counted in pixels, the target's first pixel lies and how far its next column and row are. */
interface Walk {
  readonly start: number;
  readonly columnStep: number;
  readonly rowStep: number;
}

function walkOf({ width, height }: Bytes, { mirror, degrees }: Rotation): Walk {
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
