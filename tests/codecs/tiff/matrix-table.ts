import type { SampleKind } from '../../support/sample-kinds.ts';

/** A way of storing pixels: what the test's own writer does, and then a tool where one is named. */
export interface Way {
  readonly layout: 'strips' | 'tiles' | 'pyramid';
  readonly compression: string;
  readonly predictor?: 2 | 3;
  /** What tiffcp wrote gets the other byte order afterwards. */
  readonly isSwapped?: boolean;
  readonly planar?: boolean;
  readonly order?: 'big-endian';
  readonly file?: 'BigTIFF';
  readonly fill?: 2;
  /** Options of `tiffcp`, or of `vips tiffsave`; the test's own writer alone where undefined. */
  readonly tiffcp?: string;
  readonly vips?: string;
}

/** One row of the support matrix. */
export interface Variant {
  readonly kind: SampleKind;
  readonly way: Way;
}

const TILES = '-t -w 48 -l 32';
const STRIPS = '-s -r 17';

/** What any samples can be stored in. */
const OWN_STRIPS: Way = { layout: 'strips', compression: 'none' };
const OWN_TILES_BIG_ENDIAN: Way = { layout: 'tiles', compression: 'none', order: 'big-endian' };
const OWN_PLANES: Way = { layout: 'tiles', compression: 'none', planar: true, file: 'BigTIFF' };
const LZW: Way = { layout: 'tiles', compression: 'LZW', tiffcp: `-c lzw ${TILES}` };
const DEFLATE: Way = {
  layout: 'strips',
  compression: 'Deflate',
  order: 'big-endian',
  file: 'BigTIFF',
  tiffcp: `-c zip -B -8 ${STRIPS}`,
};
const PACKBITS: Way = { layout: 'strips', compression: 'PackBits', tiffcp: `-c packbits ${STRIPS}` };
const ZSTD: Way = { layout: 'tiles', compression: 'Zstandard', tiffcp: `-c zstd ${TILES}` };
const LZW_DIFFERENCED: Way = {
  layout: 'tiles',
  compression: 'LZW',
  predictor: 2,
  order: 'big-endian',
  tiffcp: `-c lzw:2 -B ${TILES}`,
};
const DEFLATE_DIFFERENCED: Way = {
  layout: 'strips',
  compression: 'Deflate',
  predictor: 2,
  tiffcp: `-c zip:2 ${STRIPS}`,
};
const DEFLATE_REAL: Way = {
  layout: 'tiles',
  compression: 'Deflate',
  predictor: 3,
  order: 'big-endian',
  tiffcp: `-c zip:3 ${TILES}`,
  isSwapped: true,
};
const ZSTD_REAL: Way = { layout: 'strips', compression: 'Zstandard', predictor: 3, tiffcp: `-c zstd:3 ${STRIPS}` };
const PLANES_LZW: Way = { layout: 'strips', compression: 'LZW', planar: true, tiffcp: `-p separate -c lzw ${STRIPS}` };
const REVERSED: Way = { layout: 'tiles', compression: 'none', fill: 2 };
const REVERSED_DEFLATE: Way = { layout: 'strips', compression: 'Deflate', fill: 2 };
const SVIPS = '--tile --tile-width 48 --tile-height 32 --pyramid';
const PYRAMID: Way = { layout: 'pyramid', compression: 'Deflate', vips: `${SVIPS} --compression deflate` };
const SUBIFDS: Way = { layout: 'pyramid', compression: 'LZW', vips: `${SVIPS} --compression lzw --subifd --bigtiff` };

const FAX: readonly Way[] = [
  { layout: 'strips', compression: 'CCITT G3', tiffcp: `-c g3 ${STRIPS}` },
  { layout: 'strips', compression: 'CCITT G3, two-dimensional', tiffcp: `-c g3:2d ${STRIPS}` },
  { layout: 'tiles', compression: 'CCITT G3, filled', tiffcp: `-c g3:1d:fill ${TILES}` },
  { layout: 'tiles', compression: 'CCITT G4', tiffcp: `-c g4 ${TILES}` },
  { layout: 'strips', compression: 'CCITT G4', order: 'big-endian', tiffcp: `-c g4 -B ${STRIPS}` },
  { layout: 'strips', compression: 'CCITT G4', fill: 2, tiffcp: `-c g4 -f lsb2msb ${STRIPS}` },
  { layout: 'tiles', compression: 'CCITT G3', fill: 2, file: 'BigTIFF', tiffcp: `-c g3 -f lsb2msb -8 ${TILES}` },
];
const JPEG: readonly Way[] = [
  { layout: 'strips', compression: 'JPEG', tiffcp: '-c jpeg:75 -s -r 16' },
  { layout: 'tiles', compression: 'JPEG', order: 'big-endian', tiffcp: '-c jpeg:75 -B -t -w 48 -l 32' },
  { layout: 'pyramid', compression: 'JPEG', vips: `${SVIPS} --compression jpeg --Q 75` },
];
const JPEG_RGB: Way = { layout: 'tiles', compression: 'JPEG', tiffcp: `-c jpeg:r:75 ${TILES}` };
const JPEG_PLANES: Way = {
  layout: 'strips',
  compression: 'JPEG',
  planar: true,
  tiffcp: '-p separate -c jpeg:r:75 -s -r 16',
};
const WEBP: Way = { layout: 'tiles', compression: 'WebP', tiffcp: `-c webp:95 ${TILES}` };

const ANY = [OWN_STRIPS, OWN_TILES_BIG_ENDIAN, LZW, DEFLATE];
const BYTES = [...ANY, PACKBITS, ZSTD, LZW_DIFFERENCED, DEFLATE_DIFFERENCED];
const REALS = [OWN_STRIPS, OWN_TILES_BIG_ENDIAN, ZSTD, DEFLATE_REAL, ZSTD_REAL, LZW_DIFFERENCED];

function gray(bits: number, more: Partial<SampleKind> = {}): SampleKind {
  return { photometric: 'MinIsBlack', bits, format: 'unsigned', bands: 1, ...more };
}

function colours(photometric: SampleKind['photometric'], bits: number, more: Partial<SampleKind> = {}): SampleKind {
  return { photometric, bits, format: 'unsigned', bands: photometric === 'CMYK' ? 4 : 3, ...more };
}

function palette(bits: number, map: 8 | 16): SampleKind {
  return { photometric: 'palette', bits, format: 'unsigned', bands: 1, map };
}

function ycbcr(across: number, down: number): SampleKind {
  return colours('YCbCr', 8, { subsampling: [across, down] });
}

const TABLE: readonly (readonly [SampleKind, readonly Way[]])[] = [
  [gray(1), [...ANY, PACKBITS, REVERSED, ...FAX]],
  [gray(1, { photometric: 'MinIsWhite' }), [OWN_STRIPS, LZW, ...FAX.slice(1, 5)]],
  [gray(2), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN, LZW]],
  [gray(4), [OWN_STRIPS, LZW, REVERSED]],
  [gray(4, { photometric: 'MinIsWhite' }), [OWN_STRIPS, DEFLATE]],
  ...[2, 3, 6, 10, 12, 14, 15, 24, 32].map(
    (bits) => [gray(bits, { photometric: 'MinIsWhite' }), [OWN_STRIPS]] as const,
  ),
  ...([8, 16, 32] as const).map(
    (bits) => [gray(bits, { photometric: 'MinIsWhite', format: 'signed' }), [OWN_STRIPS]] as const,
  ),
  [gray(32, { photometric: 'MinIsWhite', format: 'real' }), [OWN_STRIPS]],
  ...[3, 5, 7, 9, 11, 13, 15].map((bits) => [gray(bits), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN]] as const),
  [gray(6), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN]],
  [gray(8), [...BYTES, REVERSED_DEFLATE, ...JPEG, PYRAMID, SUBIFDS]],
  [gray(8, { photometric: 'MinIsWhite' }), [OWN_STRIPS, LZW_DIFFERENCED, DEFLATE]],
  [gray(10), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN]],
  [gray(12), [OWN_STRIPS, LZW, REVERSED_DEFLATE]],
  [gray(14), [OWN_STRIPS, DEFLATE]],
  [gray(16), [...BYTES, PYRAMID, SUBIFDS]],
  [gray(16, { photometric: 'MinIsWhite' }), [OWN_TILES_BIG_ENDIAN, DEFLATE_DIFFERENCED]],
  [gray(16, { range: [5000, 50_000] }), [OWN_STRIPS, LZW]],
  [gray(24), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN]],
  [gray(32), [OWN_STRIPS, ZSTD, LZW_DIFFERENCED]],
  [gray(8, { format: 'signed' }), [OWN_STRIPS, LZW]],
  [gray(16, { format: 'signed' }), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN, LZW_DIFFERENCED]],
  [gray(32, { format: 'signed' }), [OWN_TILES_BIG_ENDIAN, DEFLATE]],
  [gray(16, { format: 'real' }), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN]],
  [gray(24, { format: 'real' }), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN]],
  [gray(32, { format: 'real' }), [...REALS, PYRAMID]],
  [gray(64, { format: 'real' }), REALS],
  [gray(8, { bands: 2, extra: [2] }), [OWN_STRIPS, OWN_PLANES, LZW_DIFFERENCED]],
  [gray(8, { bands: 5, extra: [0, 0, 0, 0] }), [OWN_TILES_BIG_ENDIAN, OWN_PLANES, DEFLATE_DIFFERENCED]],
  [gray(16, { bands: 5, extra: [0, 0, 0, 0] }), [OWN_STRIPS, OWN_PLANES]],
  [gray(32, { bands: 7, extra: [0, 0, 0, 0, 0, 0], format: 'real' }), [OWN_PLANES]],
  ...[1, 2, 4, 5, 6, 10, 14].map((bits) => [colours('RGB', bits), [OWN_STRIPS, OWN_PLANES]] as const),
  [colours('RGB', 8), [...BYTES, OWN_PLANES, PLANES_LZW, ...JPEG, JPEG_RGB, JPEG_PLANES, WEBP, PYRAMID, SUBIFDS]],
  [colours('RGB', 12), [OWN_STRIPS]],
  [colours('RGB', 16), [...BYTES, OWN_PLANES, PYRAMID]],
  [colours('RGB', 32), [OWN_STRIPS, OWN_PLANES]],
  [colours('RGB', 32, { format: 'real' }), [OWN_STRIPS, OWN_PLANES, DEFLATE_REAL]],
  [colours('RGB', 8, { bands: 4, extra: [2] }), [...ANY, OWN_PLANES, LZW_DIFFERENCED, PYRAMID]],
  [colours('RGB', 8, { bands: 4, extra: [1] }), [OWN_STRIPS, LZW, OWN_PLANES]],
  [colours('RGB', 8, { bands: 4, extra: [0] }), [OWN_STRIPS, DEFLATE]],
  [colours('RGB', 8, { bands: 6, extra: [2, 0, 0] }), [OWN_STRIPS, OWN_PLANES]],
  [colours('RGB', 16, { bands: 4, extra: [2] }), [OWN_STRIPS, LZW_DIFFERENCED]],
  [colours('RGB', 16, { bands: 4, extra: [1] }), [OWN_TILES_BIG_ENDIAN]],
  [palette(1, 16), [OWN_STRIPS]],
  [palette(2, 16), [OWN_STRIPS]],
  [palette(4, 16), [OWN_STRIPS, LZW]],
  [palette(8, 16), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN, LZW, DEFLATE]],
  [palette(8, 8), [OWN_STRIPS]],
  [colours('CMYK', 8), [OWN_STRIPS, OWN_PLANES, LZW, DEFLATE_DIFFERENCED, ...JPEG.slice(0, 2)]],
  [colours('CMYK', 16), [OWN_STRIPS, LZW_DIFFERENCED]],
  [colours('CMYK', 8, { bands: 5, extra: [2] }), [OWN_STRIPS]],
  [colours('CIELAB', 8), [OWN_STRIPS, OWN_PLANES, LZW, DEFLATE]],
  [colours('CIELAB', 16), [OWN_STRIPS, OWN_TILES_BIG_ENDIAN, DEFLATE_DIFFERENCED]],
  [colours('CIELAB', 32, { format: 'real' }), [OWN_STRIPS, DEFLATE_REAL]],
  [colours('ICCLAB', 8), [OWN_STRIPS, LZW]],
  [colours('ICCLAB', 16), [OWN_STRIPS, OWN_PLANES]],
  ...[
    ycbcr(1, 1),
    ycbcr(2, 1),
    ycbcr(2, 2),
    ycbcr(4, 1),
    ycbcr(4, 2),
    ycbcr(4, 4),
    ycbcr(1, 2),
    ycbcr(1, 4),
    ycbcr(2, 4),
  ].map((kind) => [kind, [OWN_STRIPS, { ...OWN_TILES_BIG_ENDIAN }]] as const),
];

/** Every kind of file that the tests make, read and compare. */
export const MATRIX: readonly Variant[] = TABLE.flatMap(([kind, ways]) => ways.map((way) => ({ kind, way })));

/** Whether pixels come back changed, however little. */
export function isLossy({ compression }: Way): boolean {
  return compression === 'JPEG' || compression === 'WebP';
}

/** A row in words; the columns are those of the printed table. */
export function cellsOf({ kind, way }: Variant): string[] {
  return [
    kind.photometric,
    `${kind.bands} × ${kind.bits}`,
    kind.format,
    detailsOf(kind),
    way.planar ? 'separate' : 'together',
    way.compression,
    String(way.predictor ?? ''),
    way.layout,
    way.fill ? 'fill order 2' : (way.order ?? 'little-endian'),
    way.file ?? 'classic',
    way.vips ? 'vips' : way.tiffcp ? 'tiffcp' : 'test',
  ];
}

function detailsOf({ subsampling, extra, range, map }: SampleKind): string {
  const names = ['unspecified', 'associated alpha', 'alpha'];
  return [
    ...(subsampling ? [`subsampled ${subsampling.join(':')}`] : []),
    ...(extra ? [`extra: ${extra.map((value) => names[value]).join(', ')}`] : []),
    ...(range ? ['SMin/SMax'] : []),
    ...(map === 8 ? ['narrow map'] : []),
  ].join('; ');
}

/** The head of the printed table. */
export const COLUMNS = [
  'Photometric',
  'Bands × bits',
  'Format',
  'More',
  'Planes',
  'Compression',
  'Predictor',
  'Layout',
  'Order',
  'File',
  'Written by',
] as const;
