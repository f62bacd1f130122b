import type { PixelBuffer } from '../source.ts';
import { colourBands } from './bands.ts';
import { cielabToRgb } from './cielab.ts';
import type { BytePixels } from './eight-bits.ts';
import { writeOpacity } from './opacity.ts';
import type { Processing } from './processing.ts';

/** Whether pixels can be shown as they are: bytes of grey or RGB, with nothing behind but opacity. */
export function isDisplayable(pixels: PixelBuffer): pixels is BytePixels {
  const { sample, photometric } = pixels;
  return sample === 'uint8' && photometric !== 'cmyk' && photometric !== 'cielab' && hasOnlyShown(pixels);
}

/** Whether there are no bands but colours and opacity. */
export function hasOnlyShown(pixels: Pick<PixelBuffer, 'photometric' | 'bands' | 'hasAlpha'>): boolean {
  return pixels.bands === colourBands(pixels) + (pixels.hasAlpha ? 1 : 0);
}

/** CIELAB as bytes of sRGB. */
export const CIELAB_TO_RGB: Processing = {
  colours: 3,
  radius: 0,
  workspace: 0,
  write(part, output) {
    const { pixels, rows } = part;
    const step = pixels.hasAlpha ? 4 : 3;
    const span = { start: rows.start * pixels.width, end: rows.end * pixels.width };
    if (output instanceof Uint8Array) cielabToRgb(pixels, span, output, step);
    writeOpacity(part, 255, { samples: output, first: 3, step });
  },
};
