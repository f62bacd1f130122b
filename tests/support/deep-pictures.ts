import { rm, writeFile } from 'node:fs/promises';
import type { Size } from '../../image/geometry.ts';
import { runTool, vipsSamples } from './vips-tool.ts';

/** Pixels of 16 bits a sample, bands interleaved. */
export type DeepPicture = Size & { readonly bands: number; readonly data: Uint16Array };

/** A smooth picture whose lower bytes differ from pixel to pixel; no two places are alike, the last of an even number of bands is opacity. */
export function deepPicture({ width, height }: Size, bands: number): DeepPicture {
  const data = new Uint16Array(width * height * bands);
  for (let index = 0; index < data.length; index++) {
    const pixel = Math.floor(index / bands);
    const [x, y] = [(pixel % width) / width, Math.floor(pixel / width) / height];
    const isAlpha = bands % 2 === 0 && index % bands === bands - 1;
    const samples = [60_000 * x + 4001 * y, 61_003 * y + 907 * x, 30_000 * (x + y) + 1009];
    data[index] = isAlpha ? 65_535 - 50_000 * x : (samples[index % bands] ?? 0);
  }
  return { width, height, bands, data };
}

/** Writes 16-bit pixels as an image of libvips' own format, which knows what they mean. */
export async function writeDeepVips(path: string, { width, height, bands, data }: DeepPicture): Promise<void> {
  const raw = `${path}.raw`;
  await writeFile(raw, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const meaning = ['--format', 'ushort', '--interpretation', bands < 3 ? 'grey16' : 'rgb16'];
  await runTool('vips', 'rawload', raw, path, String(width), String(height), String(bands), ...meaning);
  await rm(raw);
}

/** The samples of a 16-bit image as libvips decodes them. @param source - a path, with options behind it */
export async function deepVipsSamples(source: string, folder: string): Promise<Uint16Array> {
  const bytes = Uint8Array.from(await vipsSamples(source, folder));
  return new Uint16Array(bytes.buffer);
}
