import { deflateSync } from 'node:zlib';
import { CorruptSource, UnsupportedSource } from '../../../image/errors.ts';
import { positionPicture, softPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { type DirectorySpec, type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';

export const TILE = { width: 32, height: 32 };
export const PICTURE = positionPicture({ width: 100, height: 70 }, 3);
function short(...values: number[]): TagSpec {
  return { type: TYPE.short, values };
}

function long(...values: number[]): TagSpec {
  return { type: TYPE.long, values };
}

/** A file that is sound but for the tags given. */
function fileWith(tags: Record<number, TagSpec>, more: Partial<DirectorySpec> = {}): Buffer {
  return writeTiff({ directories: [{ ...tiledDirectory(PICTURE, TILE, { tags }), ...more }] });
}

/** A file of which every tile holds these bytes. */
function fileOf(tile: Uint8Array, compression: number, tags: Record<number, TagSpec> = {}): Buffer {
  const directory = tiledDirectory(PICTURE, TILE, { tags: { 259: short(compression), ...tags }, encode: () => tile });
  return writeTiff({ directories: [directory] });
}

const SOUND = fileWith({});
export const REDUCED = { 254: long(1) };
const TILE_BYTES = TILE.width * TILE.height * 3;

function chain(nexts: readonly number[]): Buffer {
  const directories = nexts.map((next, index) => {
    const picture = positionPicture({ width: 100 >> index, height: 70 >> index }, 3);
    return tiledDirectory(picture, TILE, { next, tags: index === 0 ? {} : REDUCED });
  });
  return writeTiff({ directories });
}

/** As many directories as told, the first of which is the picture's. */
export function longChain(count: number): Buffer {
  const directories = Array.from({ length: count }, (_, index) => ({
    tags: { 256: long(1), 257: long(1) },
    next: index + 1 < count ? index + 1 : -1,
  }));
  return writeTiff({ directories: [{ ...tiledDirectory(PICTURE, TILE), next: 1 }, ...directories.slice(1)] });
}

function withEntryCount(count: number): Buffer {
  const file = Buffer.from(SOUND);
  file.writeUInt16LE(count, file.readUInt32LE(4));
  return file;
}

function withHeader(change: (file: Buffer) => void, isBig = false): Buffer {
  const file = writeTiff({ isBig, directories: [tiledDirectory(PICTURE, TILE)] });
  change(file);
  return file;
}

/** The picture as one strip, sound but for the tags given; undefined leaves one out. */
function striped(tags: Record<number, TagSpec | undefined>): Buffer {
  const { tiles: _tiles, tags: all, next } = tiledDirectory(PICTURE, TILE);
  const { 322: _width, 323: _length, ...others } = all;
  const strip = { 273: long(8), 279: long(PICTURE.data.length), 278: long(PICTURE.height) };
  const given = Object.entries({ ...others, ...strip, ...tags });
  const kept = Object.fromEntries(given.flatMap(([tag, spec]) => (spec ? [[tag, spec]] : [])));
  return writeTiff({ directories: [{ tags: kept, next }] });
}

/** A file, and the error that has to come of it. */
export type Fault = readonly [what: string, file: Uint8Array, kind: typeof CorruptSource | typeof UnsupportedSource];

/** Refused when they are opened. */
export const FAULTS_AT_OPEN: readonly Fault[] = [
  ['a directory that follows itself', chain([0]), CorruptSource],
  ['two directories that follow each other', chain([1, 0]), CorruptSource],
  ['a directory that is its own SubIFD', fileWith({}, { subIfds: [0] }), CorruptSource],
  [
    'the same SubIFD twice',
    writeTiff({ directories: [{ ...tiledDirectory(PICTURE, TILE), subIfds: [1, 1] }, tiledDirectory(PICTURE, TILE)] }),
    CorruptSource,
  ],
  ['5,000 directories', longChain(5000), UnsupportedSource],
  ['5,000 SubIFDs', fileWith({}, { subIfds: Array.from({ length: 5000 }, (_, index) => 8 + index) }), CorruptSource],
  ['4,294,967,295 SubIFDs', fileWith({ 330: { ...long(8), count: 2 ** 32 - 1, offset: 8 } }), CorruptSource],
  ['no entries', withEntryCount(0), CorruptSource],
  ['1,025 entries', withEntryCount(1025), CorruptSource],
  ['65,535 entries', withEntryCount(65_535), CorruptSource],
  ['no first directory', withHeader((file) => file.writeUInt32LE(0, 4)), CorruptSource],
  ['a first directory past the end', withHeader((file) => file.writeUInt32LE(2 ** 32 - 1, 4)), CorruptSource],
  ['a first directory past 2^53', withHeader((file) => file.writeBigUInt64LE(2n ** 63n, 8), true), CorruptSource],
  ['a BigTIFF with 4-byte offsets', withHeader((file) => file.writeUInt16LE(4, 4), true), CorruptSource],
  ['a next directory past the end', chain([2 ** 31]), CorruptSource],
  ['a width of 0', fileWith({ 256: long(0) }), CorruptSource],
  ['a height of 4,294,967,295', fileWith({ 257: long(2 ** 32 - 1) }), CorruptSource],
  ['a width that is text', fileWith({ 256: { type: TYPE.ascii, values: [49, 48, 48, 0] } }), CorruptSource],
  ['a width that is a real number', fileWith({ 256: { type: TYPE.float, values: [100] } }), CorruptSource],
  ['a width of no known type', fileWith({ 256: { type: 99, values: [100] } }), CorruptSource],
  ['a width without a value', fileWith({ 256: { ...long(100), count: 0 } }), CorruptSource],
  [
    'a width of many values elsewhere',
    fileWith({ 256: { ...long(100), count: 2 ** 32 - 1, offset: 8 } }),
    CorruptSource,
  ],
  ['tiles of 0 x 0', fileWith({ 322: short(0), 323: short(0) }), CorruptSource],
  ['tiles of 65,536 x 65,536', fileWith({ 322: long(65_536), 323: long(65_536) }), UnsupportedSource],
  ['tiles of 16,384 x 16,384', fileWith({ 322: short(16_384), 323: short(16_384) }), UnsupportedSource],
  ['tiles of 4,294,967,295 x 1', fileWith({ 322: long(2 ** 32 - 1), 323: long(1) }), UnsupportedSource],
  ['too few tile offsets', fileWith({ 324: long(8, 9, 10) }), CorruptSource],
  ['too many tile byte counts', fileWith({ 325: long(...Array.from({ length: 13 }, () => 8)) }), CorruptSource],
  [
    'tile offsets past the end',
    fileWith({ 324: { ...long(...Array(12).fill(8)), offset: SOUND.length } }),
    CorruptSource,
  ],
  [
    'tile offsets of 4,294,967,295 values',
    fileWith({ 324: { ...long(8), count: 2 ** 32 - 1, offset: 8 } }),
    CorruptSource,
  ],
  [
    'a tile table of 2^62 values',
    writeTiff({
      isBig: true,
      directories: [
        tiledDirectory(PICTURE, TILE, { tags: { 324: { type: TYPE.long8, values: [8], count: 2 ** 62, offset: 16 } } }),
      ],
    }),
    CorruptSource,
  ],
  ['tile offsets that are text', fileWith({ 324: { type: TYPE.ascii, values: Array(12).fill(8) } }), CorruptSource],
  [
    'an image of 2^31 pixels a side and 12 tiles',
    fileWith({ 256: long(2 ** 31 - 1), 257: long(2 ** 31 - 1) }),
    CorruptSource,
  ],
  ['17 bits per sample', fileWith({ 258: short(17, 17, 17) }), UnsupportedSource],
  ['0 bits per sample', fileWith({ 258: short(0, 0, 0) }), UnsupportedSource],
  ['64-bit integers', fileWith({ 258: short(64, 64, 64) }), UnsupportedSource],
  ['bands of different depths', fileWith({ 258: short(5, 6, 5) }), UnsupportedSource],
  ['two depths for three bands', fileWith({ 258: short(8, 8) }), CorruptSource],
  ['real numbers of 8 bits', fileWith({ 339: short(3, 3, 3) }), UnsupportedSource],
  ['bands of different formats', fileWith({ 339: short(1, 2, 1) }), UnsupportedSource],
  ['complex numbers', fileWith({ 258: short(64, 64, 64), 339: short(6, 6, 6) }), UnsupportedSource],
  ['0 samples', fileWith({ 277: short(0) }), CorruptSource],
  ['60,000 samples', fileWith({ 277: short(60_000) }), UnsupportedSource],
  ['70,000 samples', fileWith({ 258: { ...short(8, 8, 8), count: 70_000 } }), CorruptSource],
  ['bits per sample past the end', fileWith({ 258: { ...short(8, 8, 8), offset: SOUND.length * 2 } }), CorruptSource],
  ['RGB of two samples', fileWith({ 277: short(2) }), UnsupportedSource],
  ['CMYK of three samples', fileWith({ 262: short(5) }), UnsupportedSource],
  ['no photometric interpretation', fileWith({ 262: { ...short(2), count: 0 } }), CorruptSource],
  ['a palette without colours', fileWith({ 262: short(3) }), CorruptSource],
  ['a palette of too few colours', fileWith({ 262: short(3), 320: short(...Array(767).fill(9)) }), CorruptSource],
  [
    'a palette of 4,294,967,295 values',
    fileWith({ 262: short(3), 320: { ...short(1), count: 2 ** 32 - 1, offset: 8 } }),
    CorruptSource,
  ],
  ['a palette of 32 bits', fileWith({ 262: short(3), 258: short(32, 32, 32) }), UnsupportedSource],
  ['separate planes with tiles for one', fileWith({ 284: short(2) }), CorruptSource],
  ['chroma subsampling by 3', fileWith({ 262: short(6), 530: short(3, 1) }), CorruptSource],
  ['chroma subsampling by 0', fileWith({ 262: short(6), 530: short(0, 0) }), CorruptSource],
  ['YCbCr of 16 bits', fileWith({ 262: short(6), 258: short(16, 16, 16) }), UnsupportedSource],
  [
    'subsampled YCbCr of four samples',
    fileWith({ 262: short(6), 277: short(4), 258: short(8, 8, 8, 8) }),
    UnsupportedSource,
  ],
  ['ITULAB', fileWith({ 262: short(10) }), UnsupportedSource],
  ['LZMA', fileWith({ 259: short(34925) }), UnsupportedSource],
  ['LERC', fileWith({ 259: short(34887) }), UnsupportedSource],
  ['an unheard-of compression', fileWith({ 259: short(12_345) }), UnsupportedSource],
  ['predictor 3 of integers', fileWith({ 259: short(8), 317: short(3) }), UnsupportedSource],
  ['predictor 2 of 4 bits', fileWith({ 259: short(8), 317: short(2), 258: short(4, 4, 4) }), UnsupportedSource],
  ['predictor 4', fileWith({ 259: short(8), 317: short(4) }), UnsupportedSource],
  ['neither tiles nor strips', striped({ 273: undefined }), CorruptSource],
  ['strips without rows', striped({ 278: long(0) }), CorruptSource],
  ['too few strips', striped({ 278: long(1) }), CorruptSource],
  ['too many strips', striped({ 278: long(50) }), CorruptSource],
  ['a strip of 100 million rows', striped({ 257: long(100_000_000), 278: long(100_000_000) }), UnsupportedSource],
  ['a strip without a length', striped({ 279: undefined }), CorruptSource],
];

/** Opened, but without a tile that can be shown. */
export const FAULTS_IN_TILES: readonly Fault[] = [
  ['deeper samples than there are bytes for', fileWith({ 258: short(16, 16, 16) }), CorruptSource],
  ['more samples than there are bytes for', fileWith({ 277: short(4), 258: short(8) }), CorruptSource],
  ['strips that end early', striped({ 279: long(PICTURE.data.length - 1) }), CorruptSource],
  ['strips past the end', striped({ 273: long(2 ** 31) }), CorruptSource],
  [
    'real numbers of too few bytes, sorted and differenced',
    fileOf(deflateSync(Buffer.alloc(TILE_BYTES)), 8, { 258: short(32, 32, 32), 339: short(3, 3, 3), 317: short(3) }),
    CorruptSource,
  ],
  ['units of YCbCr that are missing', fileOf(Buffer.alloc(100), 1, { 262: short(6), 530: short(2, 2) }), CorruptSource],
  ['CCITT that is none', fileOf(Buffer.alloc(100, 0x5a), 4, { 258: short(1, 1, 1) }), UnsupportedSource],
  ['JPEG of 12 bits', fileOf(Buffer.from('ffd8ffd9', 'hex'), 7, { 258: short(12, 12, 12) }), UnsupportedSource],
  [
    'JPEG of five bands',
    fileOf(Buffer.from('ffd8ffd9', 'hex'), 7, { 277: short(5), 258: short(8) }),
    UnsupportedSource,
  ],
  ['tiles past the end', fileWith({ 324: long(...Array(12).fill(2 ** 32 - 10)) }), CorruptSource],
  ['tiles that reach past the end', fileWith({ 325: long(...Array(12).fill(SOUND.length)) }), CorruptSource],
  ['tiles shorter than their pixels', fileWith({ 325: long(...Array(12).fill(TILE_BYTES - 1)) }), CorruptSource],
  ['tiles at the start of the file', fileWith({ 324: long(...Array(12).fill(0)) }), CorruptSource],
  ['tiles of no bytes', fileWith({ 325: long(...Array(12).fill(0)) }), CorruptSource],
  [
    'tiles past 2^53',
    writeTiff({
      isBig: true,
      directories: [
        tiledDirectory(PICTURE, TILE, { tags: { 324: { type: TYPE.long8, values: Array(12).fill(2 ** 60) } } }),
      ],
    }),
    CorruptSource,
  ],
  ['LZW of noise', fileOf(softPicture(TILE, 3).data, 5), CorruptSource],
  ['LZW of clear codes only', fileOf(Buffer.from('80402010080402010080402010', 'hex'), 5), CorruptSource],
  ['LZW that begins with a string', fileOf(Buffer.from([0x80, 0x60, 0x7f, 0xff, 0, 0, 0, 0]), 5), CorruptSource],
  ['LZW that ends at once', fileOf(Buffer.from([0x80, 0x40, 0x40]), 5), CorruptSource],
  ['LZW of one byte', fileOf(Buffer.from([0x80]), 5), CorruptSource],
  ['LZW of the old kind', fileOf(Buffer.from([0, 1, 2, 3, 4]), 5), UnsupportedSource],
  ['PackBits that ends early', fileOf(Buffer.from([5, 1, 2]), 32773), CorruptSource],
  ['PackBits of nothing but no-operations', fileOf(Buffer.alloc(5000, 128), 32773), CorruptSource],
  ['PackBits whose runs reach too far', fileOf(Buffer.alloc(100, 0x83), 32773), CorruptSource],
  ['Deflate that is none', fileOf(Buffer.alloc(100, 7), 8), CorruptSource],
  ['Deflate of too few bytes', fileOf(deflateSync(Buffer.alloc(TILE_BYTES - 1)), 8), CorruptSource],
  ['Deflate of too many bytes', fileOf(deflateSync(Buffer.alloc(TILE_BYTES + 1)), 8), CorruptSource],
  ['a bomb of 100 MB', fileOf(deflateSync(Buffer.alloc(100_000_000)), 32946), CorruptSource],
  ['half a Deflate stream', fileOf(deflateSync(PICTURE.data).subarray(0, 200), 8), CorruptSource],
  ['Zstandard that is none', fileOf(Buffer.alloc(100, 7), 50000), CorruptSource],
  ['Zstandard cut short', fileOf(Buffer.from('28b52ffd6000110500', 'hex'), 50000), CorruptSource],
  ['JPEG that is none', fileOf(Buffer.alloc(100, 0xff), 7), CorruptSource],
  ['JPEG of an endless segment', fileOf(Buffer.from('ffd8ffe0ffff00', 'hex'), 7), CorruptSource],
  ['JPEG of a segment without length', fileOf(Buffer.from('ffd8ffe00000ffd9', 'hex'), 7), CorruptSource],
  [
    'JPEGTables past the end',
    fileOf(Buffer.from('ffd8ffd9', 'hex'), 7, {
      347: { type: TYPE.undefined, values: [255, 216, 255, 217, 0], offset: 2 ** 31 },
    }),
    CorruptSource,
  ],
  [
    'JPEGTables of 100 MB',
    fileOf(Buffer.from('ffd8ffd9', 'hex'), 7, {
      347: { type: TYPE.undefined, values: [0], count: 100_000_000, offset: 8 },
    }),
    CorruptSource,
  ],
  [
    'JPEGTables that are none',
    fileOf(Buffer.from('ffd8ffd9', 'hex'), 7, { 347: { type: TYPE.undefined, values: [1, 2, 3, 4, 5, 6] } }),
    CorruptSource,
  ],
  ['WebP that is none', fileOf(Buffer.alloc(100, 7), 50001), CorruptSource],
  [
    'WebP whose chunk is longer than the file',
    fileOf(Buffer.from(`RIFF\x60\0\0\0WEBPVP8 \xff\xff\xff\x7f${' '.repeat(90)}`, 'latin1'), 50001),
    CorruptSource,
  ],
];
