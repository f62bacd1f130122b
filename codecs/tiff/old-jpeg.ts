import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { readJpegHeader } from '../jpeg/jpeg-header.ts';
import { type Directory, numbers, scalar, type TiffFile } from './directory.ts';
import { type JpegComponent, jpegHeading } from './jpeg-heading.ts';
import { TAG } from './tags.ts';

/** What the tiles of an image share that is stored as TIFF 6.0 had JPEG, before technical note 2 replaced that. */
export interface OldJpeg {
  /** A JPEG stream up to the data of its scan; undefined where each tile is a stream of its own. */
  readonly heading: Uint8Array | undefined;
  /** Where one stream holds the whole image, which is then read as a single strip. */
  readonly stream: { readonly offset: number; readonly byteLength: number } | undefined;
}

const MAX_HEADING = 65_536;
const LOSSLESS = 14;
const SOS = 0xda;

/** Of the end marker: a stream with no more behind its heading has no picture. */
const MARKER_LENGTH = 2;

/**
 * Reads the tables of an image: from JPEGInterchangeFormat where there is one, else by the tags that name each of them.
 *
 * @param width - of a tile or strip
 * @throws CorruptSource, UnsupportedSource
 * @see TIFF 6.0 §22
 */
export async function readOldJpeg(file: TiffFile, directory: Directory, width: number): Promise<OldJpeg> {
  if (scalar(directory, TAG.jpegProcess, 1) === LOSSLESS) throw new UnsupportedSource('lossless old-style JPEG');
  const oldJpeg = await readForm(file, directory, width);
  const isPlanar = scalar(directory, TAG.planarConfiguration, 1) === 2;
  // libtiff takes planes for the scans of one stream, and reads no others.
  if (isPlanar && !oldJpeg.stream) throw new UnsupportedSource('old-style JPEG in planes that are not one stream');
  return oldJpeg;
}

async function readForm(file: TiffFile, directory: Directory, width: number): Promise<OldJpeg> {
  const offset = scalar(directory, TAG.jpegStreamOffset, 0);
  if (offset !== 0) return readStream(file, directory, offset);
  if (!directory.entries.has(TAG.jpegQuantisationTables)) return { heading: undefined, stream: undefined };
  return { heading: await readTables(file, directory, width), stream: undefined };
}

/** The stream of the whole image, or its heading alone, whose data are then in the strips. */
async function readStream(file: TiffFile, directory: Directory, offset: number): Promise<OldJpeg> {
  const rest = Math.max(0, file.chunks.size - offset);
  const byteLength = scalar(directory, TAG.jpegStreamLength, 0) || rest; // some writers leave the length out
  const start = await file.chunks.view(offset, Math.min(byteLength, MAX_HEADING));
  const { frame, end } = readJpegHeader(start);
  const dataAt = end + 2 + Number(start[end + 2]) * 256 + Number(start[end + 3]);
  if (!frame || start[end + 1] !== SOS || !(dataAt <= start.length)) {
    throw new CorruptSource('JPEGInterchangeFormat without a frame and a scan');
  }
  const isHeadingAlone = byteLength <= dataAt + MARKER_LENGTH;
  return {
    heading: Uint8Array.from(start.subarray(0, dataAt)),
    stream: isHeadingAlone ? undefined : { offset, byteLength },
  };
}

/** A heading made of the tables that the tags point to. */
async function readTables(file: TiffFile, directory: Directory, width: number): Promise<Uint8Array> {
  const count = scalar(directory, TAG.samplesPerPixel, 1);
  const [horizontal = 2, vertical = 2] = await numbers(file, directory, TAG.ycbcrSubsampling, 2);
  const isSubsampled = directory.entries.has(TAG.ycbcrSubsampling) || count === 3;
  const quantisation = await readOffsets(file, directory, TAG.jpegQuantisationTables);
  const dc = await readOffsets(file, directory, TAG.jpegDcTables);
  const ac = await readOffsets(file, directory, TAG.jpegAcTables);
  const components: JpegComponent[] = [];
  for (let index = 0; index < count; index++) {
    components.push({
      sampling: index === 0 && isSubsampled ? { horizontal, vertical } : { horizontal: 1, vertical: 1 },
      quantisation: await readQuantisation(file, quantisation[index] ?? 0),
      dc: await readHuffman(file, dc[index] ?? 0),
      ac: await readHuffman(file, ac[index] ?? 0),
    });
  }
  return jpegHeading(components, { width, restartInterval: scalar(directory, TAG.jpegRestartInterval, 0) });
}

const MAX_COMPONENTS = 4;

function readOffsets(file: TiffFile, directory: Directory, tag: number): Promise<number[]> {
  return numbers(file, directory, tag, MAX_COMPONENTS);
}

const QUANTISATION_LENGTH = 64;

async function readQuantisation(file: TiffFile, offset: number): Promise<Uint8Array> {
  if (offset === 0) throw new CorruptSource('old-style JPEG without a quantisation table for each sample');
  const table = Uint8Array.from(await file.chunks.view(offset, QUANTISATION_LENGTH));
  if (table.includes(0)) throw new CorruptSource('quantisation table with a 0');
  return table;
}

const CODE_LENGTHS = 16;
const MAX_CODES = 256;

/** How many codes there are of each length, and what they stand for. */
async function readHuffman(file: TiffFile, offset: number): Promise<Uint8Array> {
  if (offset === 0) throw new CorruptSource('old-style JPEG without Huffman tables for each sample');
  const lengths = await file.chunks.view(offset, CODE_LENGTHS);
  const codes = lengths.reduce((sum, length) => sum + length, 0);
  if (codes === 0 || codes > MAX_CODES) throw new CorruptSource(`Huffman table of ${codes} codes`);
  return Uint8Array.from(await file.chunks.view(offset, CODE_LENGTHS + codes));
}
