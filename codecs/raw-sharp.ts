import sharp, { type Channels, type Sharp } from 'sharp';
import type { EncodablePixels } from './encode/encoder.ts';

/** A sharp pipeline over raw pixels that keeps grey as one band instead of making it sRGB, and 16 bits as they are. */
export function rawSharp({ data, width, height, bands, sample }: EncodablePixels): Sharp {
  const raw = { width, height, channels: channelsOf(bands) };
  const [gray, colour] = sample === 'uint8' ? ['b-w', 'srgb'] : ['grey16', 'rgb16'];
  return sharp(data, { raw, limitInputPixels: false }).toColourspace(bands < 3 ? gray : colour);
}

/** The samples that come out of a pipeline of 16 bits; copied only where they do not begin at an even address. */
export async function rawSixteenBits(pipeline: Sharp): Promise<Uint16Array> {
  const bytes = await pipeline.raw({ depth: 'ushort' }).toBuffer();
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

function channelsOf(bands: number): Channels {
  if (bands === 1 || bands === 2 || bands === 3 || bands === 4) return bands;
  throw new RangeError(`sharp takes 1 to 4 bands here, not ${bands}`);
}
