import type { Size } from '../geometry.ts';

/**
 * A picture to lay over others. Each plane holds, for every corner between pixels, the sum of all that lies left of and
 * above it: so the mean of any rectangle is had from its corners, whatever the scale.
 */
export interface Mark extends Size {
  /** Red, green, blue and luma, each times opacity, then opacity itself; 1 is full. Rows of `width + 1`. */
  readonly planes: readonly Float64Array[];
  /** Whether it only adds light, as one without any transparency does: black is what shows through. */
  readonly isAdditive: boolean;
}

const [LUMA, OPACITY] = [3, 4];

/** The planes that grey pictures are marked with, opacity last. */
export const PLANES_OF_GRAY: readonly number[] = [LUMA, OPACITY];

/** The planes that pictures in colour are marked with, opacity last. */
export const PLANES_OF_COLOUR: readonly number[] = [0, 1, 2, OPACITY];

/**
 * Prepares a picture as a mark.
 *
 * @param pixels - bytes of red, green, blue and opacity
 * @param opacity - of the whole, 0 to 1
 */
export function markOf({ width, height, data }: Size & { readonly data: Uint8Array }, opacity: number): Mark {
  const isAdditive = data.every((sample, index) => index % 4 !== 3 || sample === 255);
  const planes = Array.from({ length: OPACITY + 1 }, () => new Float64Array((width + 1) * (height + 1)));
  const value = (plane: number, at: number): number => {
    const cover = (Number(data[at + 3]) / 255) * opacity;
    if (plane === OPACITY) return isAdditive ? 0 : cover;
    const [red, green, blue] = [Number(data[at]), Number(data[at + 1]), Number(data[at + 2])];
    const sample = plane === LUMA ? 0.299 * red + 0.587 * green + 0.114 * blue : Number(data[at + plane]);
    return (sample / 255) * cover;
  };
  planes.forEach((plane, index) => {
    sumUp(plane, { width, height }, (at) => value(index, at));
  });
  return { width, height, planes, isAdditive };
}

function sumUp(plane: Float64Array, { width, height }: Size, valueAt: (sample: number) => number): void {
  const stride = width + 1;
  for (let row = 0; row < height; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) {
      sum += valueAt((row * width + column) * 4);
      const corner = (row + 1) * stride + column + 1;
      plane[corner] = Number(plane[corner - stride]) + sum;
    }
  }
}
