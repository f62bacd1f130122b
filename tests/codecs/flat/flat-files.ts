import { join } from 'node:path';
import { runTool } from '../../support/vips-tool.ts';

/** A file of a format, how it is made and what it is to be compared with. */
export interface FlatFile {
  /** Its ending. */
  readonly ending: string;
  /** What ImageMagick is told before it writes. */
  readonly options: readonly string[];
  /** What ImageMagick calls the samples. */
  readonly raw: 'gray' | 'graya' | 'rgb' | 'rgba' | 'cmyk';
  readonly depth?: 8 | 16;
  /** Mean difference that is allowed, 0 where the samples are exact. */
  readonly tolerance?: number;
}

const JPEG = { ending: 'jpg', raw: 'rgb', tolerance: 1 } as const;

/** Kinds of flat files. */
export const FLAT_FILES: Readonly<Record<string, FlatFile>> = {
  'JPEG, baseline': { ...JPEG, options: ['-quality', '92'] },
  'JPEG, progressive': { ...JPEG, options: ['-interlace', 'plane', '-sampling-factor', '2x2'] },
  'JPEG, grey': { ...JPEG, options: ['-colorspace', 'Gray'], raw: 'gray' },
  'JPEG, CMYK with an Adobe marker': { ...JPEG, options: ['-colorspace', 'CMYK'], raw: 'cmyk' },
  'PNG, 8 bits': { ending: 'png', options: ['-define', 'png:color-type=2'], raw: 'rgb' },
  'PNG, interlaced': { ending: 'png', options: ['-define', 'png:color-type=2', '-interlace', 'plane'], raw: 'rgb' },
  'PNG, 16 bits': {
    ending: 'png',
    options: ['-depth', '16', '-define', 'png:color-type=2', '-define', 'png:bit-depth=16'],
    raw: 'rgb',
    depth: 16,
  },
  'PNG, 16 bits of grey': {
    ending: 'png',
    options: ['-colorspace', 'Gray', '-depth', '16', '-define', 'png:color-type=0', '-define', 'png:bit-depth=16'],
    raw: 'gray',
    depth: 16,
  },
  'PNG, 1 bit': {
    ending: 'png',
    options: ['-colorspace', 'Gray', '-threshold', '50%', '-type', 'bilevel'],
    raw: 'gray',
  },
  'PNG, 4 bits of grey': {
    ending: 'png',
    options: ['-colorspace', 'Gray', '-depth', '4', '-define', 'png:color-type=0', '-define', 'png:bit-depth=4'],
    raw: 'gray',
  },
  'PNG with a palette': { ending: 'png', options: ['-colors', '40', '-define', 'png:color-type=3'], raw: 'rgb' },
  'PNG, grey with opacity': {
    ending: 'png',
    options: [
      '-colorspace',
      'Gray',
      '-alpha',
      'set',
      '-channel',
      'A',
      '-fx',
      'i/w',
      '+channel',
      '-depth',
      '8',
      '-define',
      'png:color-type=4',
    ],
    raw: 'graya',
  },
  'PNG, 16 bits of grey with opacity': {
    ending: 'png',
    options: [
      '-colorspace',
      'Gray',
      '-alpha',
      'set',
      '-channel',
      'A',
      '-fx',
      'i/w',
      '+channel',
      '-depth',
      '16',
      '-define',
      'png:color-type=4',
      '-define',
      'png:bit-depth=16',
    ],
    raw: 'graya',
    depth: 16,
  },
  'PNG with opacity': {
    ending: 'png',
    options: ['-alpha', 'set', '-channel', 'A', '-fx', 'j/h', '+channel', '-depth', '8', '-define', 'png:color-type=6'],
    raw: 'rgba',
  },
  'WebP, lossless': { ending: 'webp', options: ['-define', 'webp:lossless=true'], raw: 'rgb' },
  'WebP, lossy': { ending: 'webp', options: ['-quality', '85'], raw: 'rgb', tolerance: 1 },
  GIF: { ending: 'gif', options: ['-colors', '60'], raw: 'rgb' },
  AVIF: { ending: 'avif', options: ['-quality', '85'], raw: 'rgb', tolerance: 1 },
};

/** Writes a picture of no two equal tiles, without metadata. */
export async function writeFlat(
  folder: string,
  name: string,
  { file, size }: { file: FlatFile; size: string },
): Promise<string> {
  const path = join(folder, `${name}.${file.ending}`);
  const picture = ['-size', size, '-seed', '7', 'plasma:tomato-steelblue', '-depth', '8'];
  await runTool('convert', ...picture, ...file.options, '-strip', path);
  return path;
}
