import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  halfSizeRegions,
  infoJson,
  neighbouringTiles,
  oneTile,
  type Queries,
  tiles,
  tilesAs,
  wholeImage,
  wideExport,
} from './queries.ts';

/** One line of the table: one kind of work on one file. */
export interface Row {
  readonly name: string;
  readonly file: string;
  readonly mediaType: string;
  readonly queries: Queries;
  /** ms of CPU per request that the reference server needed, the lowest where runs differed; and the share to reach. */
  readonly bar?: { readonly referenceMs: number; readonly share: number };
  /** Whether our server is measured only once it has built the pyramid of the file. */
  readonly isDerived?: boolean;
  /** What the peer needed on the machine where the bars were measured: it tells how fast this machine is. */
  readonly peerReferenceMs?: number;
}

const JPEG = 'rgb_jpeg75_256.tif';
const DEFLATE = 'rgb_deflate_256.tif';
const GREY16 = 'grey16_deflate_256.tif';
const FLOAT = 'float_deflate_256.tif';

const MODIFIERS = { contrast: '&CNT=1.5', jet: '&CMP=jet', shade: '&SHD=45,45', sharpen: '&CNV=sharpen' } as const;

/** What rows have in common unless they say otherwise. */
const PLAIN = { file: JPEG, mediaType: 'image/jpeg' };

/** Operations on uncompressed 8-bit RGB, 16-bit grey and floating point, by what IIP calls them. */
const MODIFIED: readonly Row[] = [
  ['rgb', 'rgb_raw_256.tif', ['contrast', 'jet', 'shade', 'sharpen']] as const,
  ['grey16', GREY16, ['sharpen']] as const,
  ['float', FLOAT, ['contrast', 'jet', 'sharpen']] as const,
].flatMap(([kind, file, operations]) =>
  operations.map((operation) => ({
    ...PLAIN,
    name: `${kind}-${operation}`,
    file,
    queries: tiles(MODIFIERS[operation]),
  })),
);

/** Kernels as viewers ask for them: each tile looks at its neighbours, which come next. */
const SHARPENED_VIEWS: readonly Row[] = [
  ['rgb', 'rgb_raw_256.tif'] as const,
  ['grey16', GREY16] as const,
  ['float', FLOAT] as const,
].map(([kind, file]) => {
  return { ...PLAIN, name: `${kind}-sharpen-view`, file, queries: neighbouringTiles(MODIFIERS.sharpen) };
});

/** Every row there is. */
export const ROWS: readonly Row[] = [
  { ...PLAIN, name: 'hot', queries: oneTile, bar: { referenceMs: 0.35, share: 0.4 }, peerReferenceMs: 1.15 },
  { ...PLAIN, name: 'passthrough', queries: tiles(), bar: { referenceMs: 0.37, share: 0.5 }, peerReferenceMs: 1.71 },
  {
    ...PLAIN,
    name: 'gigapixel',
    file: 'giga_60000x50000_jpeg.tif',
    queries: tiles(),
    bar: { referenceMs: 0.43, share: 0.4 },
    peerReferenceMs: 1.33,
  },
  { ...PLAIN, name: 'reencoded', queries: tiles('&QLT=75'), bar: { referenceMs: 0.87, share: 0.9 } },
  {
    ...PLAIN,
    name: 'deflate',
    file: DEFLATE,
    queries: tiles(),
    bar: { referenceMs: 1.26, share: 1 },
    peerReferenceMs: 1.89,
  },
  { ...PLAIN, name: 'lzw', file: 'rgb_lzw_256.tif', queries: tiles(), bar: { referenceMs: 2, share: 1.1 } },
  { ...PLAIN, name: 'zstd', file: 'rgb_zstd_256.tif', queries: tiles(), bar: { referenceMs: 1.23, share: 1.2 } },
  { ...PLAIN, name: 'raw', file: 'rgb_raw_256.tif', queries: tiles(), bar: { referenceMs: 0.73, share: 1 } },
  { ...PLAIN, name: 'webp-source', file: 'rgb_webp75_256.tif', queries: tiles() },
  { ...PLAIN, name: 'grey16', file: GREY16, queries: tiles() },
  {
    ...PLAIN,
    name: 'grey16-contrast',
    file: GREY16,
    queries: tiles('&CNT=1.5'),
    bar: { referenceMs: 1.3, share: 0.6 },
  },
  { ...PLAIN, name: 'grey16-jet', file: GREY16, queries: tiles('&CMP=jet'), bar: { referenceMs: 3.1, share: 0.5 } },
  { ...PLAIN, name: 'float', file: FLOAT, queries: tiles(), bar: { referenceMs: 1.05, share: 1 } },
  ...MODIFIED,
  ...SHARPENED_VIEWS,
  { ...PLAIN, name: 'float-predicted', file: 'float_deflate_fp3_256.tif', queries: tiles() },
  { ...PLAIN, name: 'lab', file: 'lab8_deflate_256.tif', queries: tiles(), bar: { referenceMs: 6.9, share: 0.4 } },
  { ...PLAIN, name: 'bilevel', file: 'bilevel_deflate_256.tif', queries: tiles() },
  { ...PLAIN, name: 'bilevel-g4', file: 'bilevel_g4_256.tif', queries: tiles() },
  { ...PLAIN, name: 'rgb16', file: 'rgb16_deflate_256.tif', queries: tiles() },
  {
    ...PLAIN,
    name: 'to-webp',
    mediaType: 'image/webp',
    queries: tilesAs('webp'),
    bar: { referenceMs: 2.2, share: 1.1 },
  },
  { ...PLAIN, name: 'to-png', mediaType: 'image/png', queries: tilesAs('png'), bar: { referenceMs: 4, share: 0.8 } },
  {
    ...PLAIN,
    name: 'to-avif',
    mediaType: 'image/avif',
    queries: tilesAs('avif'),
    bar: { referenceMs: 4.7, share: 1.2 },
  },
  { ...PLAIN, name: 'full-1000', queries: wholeImage, bar: { referenceMs: 32, share: 0.7 } },
  {
    ...PLAIN,
    name: 'full-1000-deflate',
    file: DEFLATE,
    queries: wholeImage,
    bar: { referenceMs: 43, share: 0.7 },
  },
  { ...PLAIN, name: 'half-4000', queries: halfSizeRegions, bar: { referenceMs: 32, share: 1 } },
  { ...PLAIN, name: 'cvt-2000', queries: wideExport, bar: { referenceMs: 109, share: 0.8 } },
  {
    ...PLAIN,
    name: 'info-json',
    mediaType: 'application/ld+json',
    queries: infoJson,
    bar: { referenceMs: 0.29, share: 0.45 },
  },
  {
    ...PLAIN,
    name: 'jp2-tiled-lossy',
    file: 'jp2_tiled1024_lossy.jp2',
    queries: neighbouringTiles(),
    bar: { referenceMs: 21, share: 0.6 },
    peerReferenceMs: 20.3,
  },
  {
    ...PLAIN,
    name: 'jp2-untiled-lossy',
    file: 'jp2_untiled_lossy.jp2',
    queries: neighbouringTiles(),
    bar: { referenceMs: 61, share: 0.4 },
    peerReferenceMs: 57.8,
  },
  {
    ...PLAIN,
    name: 'jp2-untiled-lossless',
    file: 'jp2_untiled_lossless.jp2',
    queries: neighbouringTiles(),
    bar: { referenceMs: 255, share: 0.3 },
  },
  { ...PLAIN, name: 'jp2-tiled-lossless', file: 'jp2_tiled1024_lossless.jp2', queries: neighbouringTiles() },
  {
    ...PLAIN,
    name: 'flat',
    file: 'flat_8000x6000.jpg',
    queries: tiles(),
    isDerived: true,
    bar: { referenceMs: 80, share: 0.02 },
  },
  { ...PLAIN, name: 'jp2-random', file: 'jp2_untiled_lossy.jp2', queries: tiles() },
];

/**
 * The rows whose file is in the folder. In a folder without the corpus's JPEG pyramid, such as the samples, its rows take
 * the first TIFF there is; they then compare with nothing.
 */
export function rowsFor(corpus: string): Row[] {
  const hasCorpus = ROWS.some(({ file }) => existsSync(join(corpus, file)));
  if (hasCorpus) return ROWS.filter(({ file }) => existsSync(join(corpus, file)));
  const [first] = readdirSync(corpus)
    .filter((name) => /\.tiff?$/i.test(name))
    .sort();
  if (first === undefined) return [];
  return ROWS.filter(({ file }) => file === JPEG).map(({ name, mediaType, queries }) => {
    return { name, mediaType, queries, file: encodeURIComponent(first) };
  });
}
