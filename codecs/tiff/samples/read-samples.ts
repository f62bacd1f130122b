import { endianness } from 'node:os';
import { CorruptSource, UnsupportedSource } from '../../../image/errors.ts';
import { type Directory, numbers, scalar, type TiffFile } from '../directory.ts';
import { reals, text } from '../tag-values.ts';
import { describePhotometric, PHOTOMETRIC, TAG } from '../tags.ts';
import type { Compression } from '../tiled-image.ts';
import type { StoredSamples, YcbcrCoding } from './stored-samples.ts';

const IS_LITTLE_ENDIAN = endianness() === 'LE';
const MAX_SAMPLES = 1024;
const MAX_PALETTE = 3 * 65_536;
const MAX_NUMBER_LENGTH = 64;
const PLANAR = 2;
const EXTRA = { associated: 1, unassociated: 2 } as const;
const NO_YCBCR = { subsampling: { horizontal: 1, vertical: 1 }, ycbcr: undefined } as const;

/** BT.601, and full range with chroma around 128. */
const DEFAULT_LUMA = [0.299, 0.587, 0.114] as const;
const DEFAULT_REFERENCE = [0, 255, 128, 255, 128, 255] as const;

/** How many bands each photometric interpretation has at least; what follows them are extra samples. */
const COLOUR_BANDS: ReadonlyMap<number, number> = new Map([
  [PHOTOMETRIC.minIsWhite, 1],
  [PHOTOMETRIC.minIsBlack, 1],
  [PHOTOMETRIC.rgb, 3],
  [PHOTOMETRIC.palette, 1],
  [PHOTOMETRIC.separated, 4],
  [PHOTOMETRIC.ycbcr, 3],
  [PHOTOMETRIC.cielab, 3],
  [PHOTOMETRIC.icclab, 3],
]);

/**
 * Reads what the samples of a directory's image are.
 *
 * @param from - how it is compressed, and the kind of numbers where the directory does not say
 * @throws CorruptSource, UnsupportedSource
 */
export async function readSamples(
  file: TiffFile,
  directory: Directory,
  from: { readonly compression: Compression; readonly kind: StoredSamples['kind'] },
): Promise<StoredSamples> {
  const { compression } = from;
  const count = scalar(directory, TAG.samplesPerPixel, 1);
  if (count === 0) throw new CorruptSource('no samples per pixel');
  if (count > MAX_SAMPLES) throw new UnsupportedSource(`${count} samples per pixel`);
  const { photometric, alpha } = await readColours(file, directory, count);
  const isPlanar = count > 1 && !compression.joinsPlanes && scalar(directory, TAG.planarConfiguration, 1) === PLANAR;
  const depth = await readDepth(file, directory, count);
  const kind = directory.entries.has(TAG.sampleFormat) ? await readKind(file, directory, photometric) : from.kind;
  checkDepth(depth, kind);
  checkLab(photometric, { depth, kind });
  const isYcbcr = photometric === PHOTOMETRIC.ycbcr && (isPlanar || !compression.givesBytes);
  const samples = {
    count,
    depth,
    bits: decodedBits(compression, depth),
    kind,
    isLittleEndian: compression.givesBytes ? IS_LITTLE_ENDIAN : directory.isLittleEndian,
    isReversed: scalar(directory, TAG.fillOrder, 1) === 2,
    isPlanar,
    photometric,
    alpha,
    palette: photometric === PHOTOMETRIC.palette ? await readPalette(file, directory, depth) : undefined,
    ...(isYcbcr ? await readYcbcr(file, directory) : NO_YCBCR),
    noData: kind === 'real' ? await readNoData(file, directory) : undefined,
  };
  checkYcbcr(samples);
  return samples;
}

function decodedBits({ givesBytes, isDeep }: Compression, depth: number): number {
  if (!givesBytes) return depth;
  return isDeep && depth > 8 ? 16 : 8;
}

function readPhotometric(directory: Directory, count: number): number {
  const photometric = scalar(directory, TAG.photometric, count < 3 ? PHOTOMETRIC.minIsBlack : PHOTOMETRIC.rgb);
  const colours = COLOUR_BANDS.get(photometric);
  if (colours === undefined) throw new UnsupportedSource(describePhotometric(photometric));
  if (count < colours) throw new UnsupportedSource(`${count} samples per pixel in ${describePhotometric(photometric)}`);
  return photometric;
}

async function readDepth(file: TiffFile, directory: Directory, count: number): Promise<number> {
  const depths = await numbers(file, directory, TAG.bitsPerSample, MAX_SAMPLES);
  const [depth = 1] = depths;
  // Some writers give the depth of the first sample only.
  if (depths.length > 1 && depths.length < count)
    throw new CorruptSource(`${depths.length} depths of ${count} samples`);
  const other = depths.find((bits) => bits !== depth);
  if (other !== undefined) throw new UnsupportedSource(`samples of ${depth} and of ${other} bits`);
  return depth;
}

async function readKind(file: TiffFile, directory: Directory, photometric: number): Promise<StoredSamples['kind']> {
  const formats = await numbers(file, directory, TAG.sampleFormat, MAX_SAMPLES);
  const [format = 1] = formats;
  if (isLab(photometric) && format !== 3) return 'unsigned'; // signs of CIELAB are a matter of its encoding
  if (formats.some((other) => other !== format)) throw new UnsupportedSource('samples of different formats');
  switch (format) {
    case 1:
    case 4: // "undefined", for libtiff unsigned
      return 'unsigned';
    case 2:
      return 'signed';
    case 3:
      return 'real';
    default:
      throw new UnsupportedSource(`sample format ${format}, complex numbers`);
  }
}

function isLab(photometric: number): boolean {
  return photometric === PHOTOMETRIC.cielab || photometric === PHOTOMETRIC.icclab;
}

function checkDepth(depth: number, kind: StoredSamples['kind']): void {
  const isKnown = {
    unsigned: (depth >= 1 && depth <= 16) || depth === 24 || depth === 32,
    signed: depth === 8 || depth === 16 || depth === 32,
    real: depth === 16 || depth === 24 || depth === 32 || depth === 64,
  }[kind];
  if (!isKnown) throw new UnsupportedSource(`${kind} samples of ${depth} bits`);
}

function checkLab(photometric: number, { depth, kind }: Pick<StoredSamples, 'depth' | 'kind'>): void {
  if (!isLab(photometric) || kind !== 'unsigned' || depth <= 16) return;
  throw new UnsupportedSource(`${describePhotometric(photometric)} of ${depth} bits`);
}

/** Where opacity is, and what the colours before it are: three grey bands or more are shown as RGB, as without opacity. */
async function readColours(
  file: TiffFile,
  directory: Directory,
  count: number,
): Promise<Pick<StoredSamples, 'photometric' | 'alpha'>> {
  const photometric = readPhotometric(directory, count);
  const colours = COLOUR_BANDS.get(photometric) ?? 1;
  const extra = await numbers(file, directory, TAG.extraSamples, MAX_SAMPLES);
  const behind = extra.findIndex((meaning) => meaning === EXTRA.associated || meaning === EXTRA.unassociated);
  if (behind < 0 || colours + behind >= count) return { photometric, alpha: undefined };
  const isAssociated = extra[behind] === EXTRA.associated;
  if (photometric === PHOTOMETRIC.minIsBlack && behind >= 2) {
    return { photometric: PHOTOMETRIC.rgb, alpha: { isAssociated, behind: behind - 2 } };
  }
  return { photometric, alpha: { isAssociated, behind } };
}

async function readPalette(file: TiffFile, directory: Directory, depth: number): Promise<Uint16Array> {
  if (depth > 16) throw new UnsupportedSource(`palette of ${depth} bits`);
  const colours = await numbers(file, directory, TAG.colorMap, MAX_PALETTE);
  if (colours.length !== 3 * 2 ** depth) throw new CorruptSource(`palette of ${colours.length} values`);
  // Old writers used 8 bits where 16 are meant.
  const isNarrow = colours.every((colour) => colour < 256);
  return Uint16Array.from(colours, (colour) => (isNarrow ? colour * 257 : colour));
}

async function readSubsampling(file: TiffFile, directory: Directory): Promise<StoredSamples['subsampling']> {
  const [horizontal = 2, vertical = 2] = await numbers(file, directory, TAG.ycbcrSubsampling, 2);
  if (![horizontal, vertical].every((factor) => factor === 1 || factor === 2 || factor === 4)) {
    throw new CorruptSource(`chroma subsampling of ${horizontal} x ${vertical}`);
  }
  return { horizontal, vertical };
}

async function readYcbcr(file: TiffFile, directory: Directory): Promise<Pick<StoredSamples, 'subsampling' | 'ycbcr'>> {
  return { subsampling: await readSubsampling(file, directory), ycbcr: await readCoding(file, directory) };
}

async function readCoding(file: TiffFile, directory: Directory): Promise<YcbcrCoding> {
  const [red = DEFAULT_LUMA[0], green = DEFAULT_LUMA[1], blue = DEFAULT_LUMA[2]] = await reals(
    file,
    directory,
    TAG.ycbcrCoefficients,
    3,
  );
  const reference = await reals(file, directory, TAG.referenceBlackWhite, 6);
  const isUsable = reference.length === 6 && reference.every(Number.isFinite) && green > 0;
  return { luma: [red, green, blue], reference: isUsable ? reference : DEFAULT_REFERENCE };
}

function checkYcbcr({ ycbcr, subsampling, isPlanar, bits, count }: StoredSamples): void {
  if (!ycbcr) return;
  const isSubsampled = subsampling.horizontal * subsampling.vertical > 1;
  if (bits !== 8) throw new UnsupportedSource(`YCbCr of ${bits} bits`);
  if (isSubsampled && (isPlanar || count !== 3)) throw new UnsupportedSource('subsampled YCbCr in planes');
}

async function readNoData(file: TiffFile, directory: Directory): Promise<number | undefined> {
  const value = Number.parseFloat((await text(file, directory, TAG.noData, MAX_NUMBER_LENGTH)) ?? '');
  return Number.isNaN(value) ? undefined : value;
}
