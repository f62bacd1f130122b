import { deflateSync } from 'node:zlib';
import type { Rect, Size } from '../../image/geometry.ts';
import { codeOf, type SampleKind, storedValue, tagsOf } from './sample-kinds.ts';
import { type DirectorySpec, writeTiff } from './tiff-writer.ts';

/** How the picture of a kind is laid out by the test's own writer. */
export interface Layout {
  readonly size: Size;
  /** Tile size, or rows of a strip. */
  readonly tile: Size | number;
  readonly isPlanar?: boolean;
  readonly isBig?: boolean;
  readonly isLittleEndian?: boolean;
  readonly isReversed?: boolean;
  readonly isDeflated?: boolean;
}

/** Writes the waves of a kind of pixels, uncompressed unless told. */
export function writeSamples(kind: SampleKind, layout: Layout): Buffer {
  const { isBig = false, isLittleEndian = true } = layout;
  return writeTiff({ isBig, isLittleEndian, directories: [directoryOf(kind, layout)] });
}

function directoryOf(kind: SampleKind, layout: Layout): DirectorySpec {
  const { size, tile, isPlanar = false, isReversed = false, isDeflated = false } = layout;
  const isStriped = typeof tile === 'number';
  const planes = isPlanar ? Array.from({ length: kind.bands }, (_, band) => [band]) : [range(kind.bands)];
  const pieces = planes.flatMap((bands) =>
    rectsOf(size, tile).map((rect) => finish(packRect(kind, rect, { bands, ...layout }), { isReversed, isDeflated })),
  );
  return {
    tags: {
      256: { type: 4, values: [size.width] },
      257: { type: 4, values: [size.height] },
      ...tagsOf(kind),
      259: { type: 3, values: [isDeflated ? 8 : 1] },
      266: { type: 3, values: [isReversed ? 2 : 1] },
      284: { type: 3, values: [isPlanar ? 2 : 1] },
      ...(isStriped
        ? { 278: { type: 4, values: [tile] } }
        : { 322: { type: 3, values: [tile.width] }, 323: { type: 3, values: [tile.height] } }),
    },
    tiles: pieces,
    isStriped,
    next: -1,
  };
}

function finish(bytes: Buffer, { isReversed, isDeflated }: { isReversed: boolean; isDeflated: boolean }): Uint8Array {
  const stored = isDeflated ? deflateSync(bytes) : bytes;
  if (!isReversed) return stored;
  return stored.map((byte) => Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2));
}

function rectsOf(size: Size, tile: Layout['tile']): Rect[] {
  const step = typeof tile === 'number' ? { width: size.width, height: tile } : tile;
  const rects: Rect[] = [];
  for (let y = 0; y < size.height; y += step.height) {
    const height = typeof tile === 'number' ? Math.min(tile, size.height - y) : tile.height;
    for (let x = 0; x < size.width; x += step.width) rects.push({ x, y, width: step.width, height });
  }
  return rects;
}

type Packing = Layout & { readonly bands: readonly number[] };

function packRect(kind: SampleKind, rect: Rect, packing: Packing): Buffer {
  return kind.subsampling ? packUnits(kind, rect) : packRows(kind, rect, packing);
}

/** Rows of samples, each beginning with a new byte. */
function packRows(kind: SampleKind, rect: Rect, { bands, isLittleEndian = true }: Packing): Buffer {
  const rows = range(rect.height).map((row) => {
    const codes = range(rect.width).flatMap((column) =>
      bands.map((band) => codeOf(kind, storedValue(kind, { x: rect.x + column, y: rect.y + row, band }))),
    );
    return kind.bits % 8 === 0 ? packBytes(codes, kind.bits / 8, isLittleEndian) : packBits(codes, kind.bits);
  });
  return Buffer.concat(rows);
}

function packBytes(codes: readonly bigint[], length: number, isLittleEndian: boolean): Buffer {
  const digits = codes.map((code) => code.toString(16).padStart(length * 2, '0')).join('');
  const bytes = Buffer.from(digits, 'hex');
  if (!isLittleEndian) return bytes;
  for (let at = 0; at < bytes.length; at += length) bytes.subarray(at, at + length).reverse();
  return bytes;
}

function packBits(codes: readonly bigint[], bits: number): Buffer {
  const digits = codes.map((code) => code.toString(2).padStart(bits, '0')).join('');
  const whole = digits.padEnd(Math.ceil(digits.length / 8) * 8, '0');
  return Buffer.from(whole.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

/** Units of YCbCr: the luma of a block, then the chroma of its first pixel. */
function packUnits(kind: SampleKind, rect: Rect): Buffer {
  const [across = 1, down = 1] = kind.subsampling ?? [];
  const rows = range(Math.ceil(rect.height / down)).map((row) => rect.y + row * down);
  const columns = range(Math.ceil(rect.width / across)).map((column) => rect.x + column * across);
  const unit = (x: number, y: number) => [
    ...range(down).flatMap((dy) => range(across).map((dx) => storedValue(kind, { x: x + dx, y: y + dy, band: 0 }))),
    ...[1, 2].map((band) => storedValue(kind, { x, y, band })),
  ];
  return Buffer.from(rows.flatMap((y) => columns.flatMap((x) => unit(x, y))));
}

/** The numbers stored for a pixel; where chroma is shared, that of the block it lies in. */
export function storedPixel(kind: SampleKind, x: number, y: number): number[] {
  const [across = 1, down = 1] = kind.subsampling ?? [];
  return range(kind.bands).map((band) => {
    const isShared = band > 0 && across * down > 1;
    const at = isShared ? { x: x - (x % across), y: y - (y % down), band } : { x, y, band };
    return storedValue(kind, at);
  });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
