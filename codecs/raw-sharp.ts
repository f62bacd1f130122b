import sharp, { type Channels, type Sharp } from 'sharp';
import type { EncodablePixels } from './encode/encoder.ts';

/** A sharp pipeline over raw pixels that keeps grey as one band instead of making it sRGB. */
export function rawSharp({ data, width, height, bands }: EncodablePixels): Sharp {
  const raw = { width, height, channels: channelsOf(bands) };
  return sharp(data, { raw, limitInputPixels: false }).toColourspace(bands < 3 ? 'b-w' : 'srgb');
}

function channelsOf(bands: number): Channels {
  if (bands === 1 || bands === 2 || bands === 3 || bands === 4) return bands;
  throw new RangeError(`sharp takes 1 to 4 bands here, not ${bands}`);
}
