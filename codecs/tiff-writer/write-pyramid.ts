import { SAMPLE_BYTES } from '../../image/budget.ts';
import type { Metadata } from '../../image/metadata.ts';
import type { ImageSource, PixelBuffer, PixelLayout } from '../../image/source.ts';
import { isProfileOf } from '../metadata/icc-profile.ts';
import type { ByteSink } from './appender.ts';
import { PYRAMID_QUALITY, type PyramidCoding, type PyramidTools, pyramidFormat } from './pyramid-format.ts';
import { createPyramidWriter, type PyramidWriter } from './pyramid-writer.ts';
import { bytesOf } from './samples.ts';
import { signChroma } from './tile-format.ts';

/** How a pyramid is written. */
export interface PyramidOrder extends PyramidCoding {
  /** In pixels, a multiple of 16. */
  readonly tileSide: number;
  /** Whether reduced copies are SubIFDs of the full image, or follow it in the chain of directories. */
  readonly hasSubIfds: boolean;
}

/** What the writing needs beside pixels. */
export interface PyramidNeeds {
  readonly order: PyramidOrder;
  readonly tools: PyramidTools;
  readonly signal: AbortSignal;
  /** Told the part that is done, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Rows of the source that are decoded together take no more than this, where a tile row does not: what a file stores in
 * one part would have to be decoded once for each window of it.
 */
const MOST_WINDOW_BYTES = 192 * 2 ** 20;

const MAX_CLASSIC_BYTES = 2 ** 32;

/**
 * Writes an image as a tiled TIFF with levels halved until one fits a tile, its metadata in it. Reads full-width windows of
 * the finest level one after the other, so that memory depends on the width of the image and not on its height. The file is
 * a TIFF only with the last write; the sink stays open.
 *
 * @throws MalformedRequest where the compression has no place for such pixels, and whatever reading and writing throw
 */
export async function writePyramid(source: ImageSource, sink: ByteSink, needs: PyramidNeeds): Promise<void> {
  const { order, tools, signal, onProgress } = needs;
  const [full] = source.levels;
  const writer = await startWriter(source, sink, needs);
  const rows = windowRows(source, order.tileSide);
  for (let top = 0; top < full.height; top += rows) {
    signal.throwIfAborted();
    const window = { x: 0, y: top, width: full.width, height: Math.min(rows, full.height - top) };
    const pixels = await source.read(full, window, signal);
    if (pixels.photometric === 'cielab') signChroma(bytesOf(pixels.data), pixels.bands, SAMPLE_BYTES[pixels.sample]);
    await writeWindow(writer, pixels, { ...needs, onRows: (done) => onProgress?.((top + done) / full.height) });
    tools.pool.give(pixels.data);
  }
  await writer.finish();
}

async function startWriter(source: ImageSource, sink: ByteSink, { order, tools }: PyramidNeeds) {
  const { layout, levels, ranges } = source;
  const [{ width, height }] = levels;
  const format = pyramidFormat(layout, order, tools);
  const isGray = format.photometric === 1;
  return createPyramidWriter(
    {
      size: { width, height },
      bands: layout.bands,
      opacityBand: opacityBandOf(layout),
      kind: layout.sample ?? 'uint8',
      tileSide: order.tileSide,
      hasSubIfds: order.hasSubIfds,
      format,
      ranges,
      metadata: withFittingProfile(await source.metadata(), isGray),
      isBig: longestFile(source, order) >= MAX_CLASSIC_BYTES,
    },
    sink,
  );
}

/** Which band is opacity, where one is. */
export function opacityBandOf({
  hasAlpha,
  photometric,
}: Pick<PixelLayout, 'hasAlpha' | 'photometric'>): number | undefined {
  return hasAlpha ? COLOURS[photometric] : undefined;
}

const COLOURS = { bilevel: 1, gray: 1, rgb: 3, cielab: 3, cmyk: 4 } as const;

/** Grey is stored as RGB by WebP: a profile of grey would be wrong then. */
function withFittingProfile(metadata: Metadata, isGray: boolean): Metadata {
  const { icc, ...others } = metadata;
  return icc && !isGray && isProfileOf(icc, 'gray') ? others : metadata;
}

/** Parts in a window where parts and tile rows do not end together: one in so many is then decoded twice. */
const PARTS_IN_WINDOW = 4;

/** Rows of one window, so that stored parts are decoded once, more or less, where there is memory for that. */
function windowRows({ levels, layout, storage }: ImageSource, tileSide: number): number {
  const [full] = levels;
  const part = storage?.[0]?.part.height ?? 1;
  const areTogether = part % tileSide === 0 || tileSide % part === 0;
  const wanted = Math.min(areTogether ? part : PARTS_IN_WINDOW * part, full.height);
  const rowBytes = full.width * layout.bands * SAMPLE_BYTES[layout.sample ?? 'uint8'];
  const affordable = Math.floor(MOST_WINDOW_BYTES / rowBytes / tileSide);
  return Math.max(1, Math.min(Math.ceil(wanted / tileSide), affordable)) * tileSide;
}

interface WindowNeeds extends PyramidNeeds {
  readonly onRows: (rows: number) => void;
}

async function writeWindow(
  writer: PyramidWriter,
  { data, width, height, bands }: PixelBuffer,
  { order, signal, onRows }: WindowNeeds,
): Promise<void> {
  for (let top = 0; top < height; top += order.tileSide) {
    signal.throwIfAborted();
    const bottom = Math.min(top + order.tileSide, height);
    await writer.writeTileRow(data.subarray(top * width * bands, bottom * width * bands));
    onRows(bottom);
  }
}

/** What no file gets longer than: a third more than the pixels, whole tiles. Noise takes JPEG half of its bytes up to 90. */
function longestFile({ levels, layout }: ImageSource, { tileSide, compression, quality }: PyramidOrder): number {
  const [{ width, height }] = levels;
  const padded = (length: number) => Math.ceil(length / tileSide) * tileSide;
  const raw = padded(width) * padded(height) * layout.bands * SAMPLE_BYTES[layout.sample ?? 'uint8'];
  const isLossy = compression === 'jpeg' || compression === 'webp';
  const share = isLossy && (quality ?? PYRAMID_QUALITY) <= PYRAMID_QUALITY ? 1 / 2 : 1.1;
  return raw * (4 / 3) * share;
}
