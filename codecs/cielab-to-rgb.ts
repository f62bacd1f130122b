import { writeOpacity } from '../image/operations/opacity.ts';
import type { Part, Processing } from '../image/operations/processing.ts';
import type { PixelBuffer } from '../image/source.ts';
import type { KernelFunction, Kernels } from './kernels/load-kernels.ts';

/** Pixels that are converted at once. */
const GROUP = 4;

/** Lightness from 0 to 100 and signed bands, in the encodings that TIFF has for bytes, 16 bits and real numbers. */
const CONVERSIONS: Partial<Readonly<Record<PixelBuffer['sample'], KernelFunction>>> = {
  uint8: 'cielab_bytes',
  uint16: 'cielab_shorts',
  float32: 'cielab_floats',
};

/** Makes bytes of sRGB of all of some CIELAB pixels; a pixel costs a fifth of what it does in TypeScript. */
export function createCielabToRgb(kernels: Kernels): Processing {
  return {
    colours: 3,
    radius: 0,
    workspace: 0,
    write(part, output) {
      const step = part.pixels.hasAlpha ? 4 : 3;
      if (output instanceof Uint8Array) convert(part, { output, step, kernels });
      writeOpacity(part, 255, { samples: output, first: 3, step });
    },
  };
}

function convert(
  { pixels, rows }: Part,
  { output, step, kernels }: { output: Uint8Array; step: number; kernels: Kernels },
): void {
  const { bands, width, sample, data } = pixels;
  const conversion = CONVERSIONS[sample];
  if (!conversion) throw new TypeError(`CIELAB of ${sample}`);
  const { buffer, byteOffset, BYTES_PER_ELEMENT: size } = data;
  const pixelLength = bands * size;
  const count = (rows.end - rows.start) * width;
  const stored = new Uint8Array(buffer, byteOffset + rows.start * width * pixelLength, count * pixelLength);
  kernels.run((kernel) => {
    const lab = kernel.put(stored);
    kernel.allocate(GROUP * pixelLength); // the last group may be read beyond its end
    // Opacity lies among bytes that may be the output as well: it must come back as it was.
    const rgb = pixelLength === step ? lab : kernel.allocate((count + GROUP) * step);
    kernel.call(conversion, lab, count, bands, rgb, step);
    kernel.get(rgb, output);
  });
}
