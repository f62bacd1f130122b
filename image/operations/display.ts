import type { PixelBuffer } from '../source.ts';
import { colourBands } from './bands.ts';
import type { BytePixels } from './eight-bits.ts';

/** Whether pixels can be shown as they are: bytes of grey or RGB, with nothing behind but opacity. */
export function isDisplayable(pixels: PixelBuffer): pixels is BytePixels {
  const { sample, photometric } = pixels;
  return sample === 'uint8' && photometric !== 'cmyk' && photometric !== 'cielab' && hasOnlyShown(pixels);
}

/** Whether there are no bands but colours and opacity. */
export function hasOnlyShown(pixels: Pick<PixelBuffer, 'photometric' | 'bands' | 'hasAlpha'>): boolean {
  return pixels.bands === colourBands(pixels) + (pixels.hasAlpha ? 1 : 0);
}
