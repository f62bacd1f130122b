import { clamp, type Size } from '../../image/geometry.ts';
import type { PixelSpan } from '../../image/operations/processing.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { deflatePieces } from '../deflate-pieces.ts';
import { joinBytes } from '../join-bytes.ts';
import type { Kernel, Kernels } from '../kernels/load-kernels.ts';
import { eachPart, type Turns } from '../parts.ts';
import { pngChunk } from '../png-chunk.ts';
import type { TakeTurn } from '../turns.ts';
import type { EncodablePixels, Encoder, EncodingDefaults } from './encoder.ts';
import { withBands } from './with-bands.ts';

/** What the PNG encoder works with. */
interface PngTools {
  readonly kernels: Kernels;
  readonly pool: BufferPool;
  readonly takeTurn: TakeTurn;
}

/** The samples of a picture as bytes in the machine's order, row by row. */
interface Rows extends Size {
  readonly bytes: Uint8Array;
  readonly rowLength: number;
  /** Bytes of a pixel. */
  readonly step: number;
  readonly isDeep: boolean;
}

const NOTHING = new Uint8Array();
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** By the number of bands. */
const COLOUR_TYPES = [0, 4, 2, 6];

/** Up to here the work is done at once: a tile of 256 x 256 takes a millisecond. */
const LARGEST_AT_ONCE = 2 ** 20;

/** Bytes filtered before other requests may get their turn. */
const PART_LENGTH = 2 ** 20;

/** Filters and compression may write so many bytes more than they are given. */
const MARGIN = 4096;

/** PNG with 1 to 4 bands of 8 or 16 bits. Larger pictures are compressed on another thread. */
export function createPngEncoder({ pngLevel }: Pick<EncodingDefaults, 'pngLevel'>, tools: PngTools): Encoder {
  return async (pixels, format, signal) => {
    const turns = { takeTurn: tools.takeTurn, signal };
    const level = clamp(format.quality ?? pngLevel, 0, 9);
    const flat = await withBands(pixels, 4, turns);
    const rows = rowsOf(flat);
    const compressed =
      rows.bytes.length <= LARGEST_AT_ONCE
        ? [compress(rows, level, tools.kernels)]
        : await compressParts(rows, level, { ...tools, turns });
    const chunks = [
      pngChunk('IHDR', headerOf(flat)),
      ...(await dataChunks(compressed, turns)),
      pngChunk('IEND', NOTHING),
    ];
    return joinBytes([SIGNATURE, ...chunks], turns);
  };
}

function rowsOf({ width, height, bands, data, sample }: EncodablePixels): Rows {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const step = bands * data.BYTES_PER_ELEMENT;
  return { width, height, bytes, rowLength: width * step, step, isDeep: sample === 'uint16' };
}

function headerOf({ width, height, bands, sample }: EncodablePixels): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = sample === 'uint8' ? 8 : 16;
  header[9] = COLOUR_TYPES[bands - 1] ?? 0;
  return header;
}

function compress(rows: Rows, level: number, kernels: Kernels): Uint8Array {
  return kernels.run((kernel) => {
    const { address, length } = filter(rows, { start: 0, end: rows.height }, kernel);
    const capacity = Math.ceil(length * 1.01) + MARGIN;
    const output = kernel.allocate(capacity);
    const written = kernel.call('deflate', address, length, output, capacity, level);
    if (written < 0) throw new RangeError(`no memory to compress ${length} bytes`);
    const compressed = new Uint8Array(written);
    kernel.get(output, compressed);
    return compressed;
  });
}

/** A chunk for each piece, whose checksums take their time. */
async function dataChunks(pieces: readonly Uint8Array[], { takeTurn, signal }: Turns): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for (const piece of pieces) {
    if (chunks.length > 0) await takeTurn();
    signal?.throwIfAborted();
    chunks.push(pngChunk('IDAT', piece));
  }
  return chunks;
}

async function compressParts(
  rows: Rows,
  level: number,
  { kernels, pool, turns }: Pick<PngTools, 'kernels' | 'pool'> & { readonly turns: Turns },
): Promise<readonly Uint8Array[]> {
  const filteredLength = rows.rowLength + 1;
  const filtered = pool.take(filteredLength * rows.height);
  try {
    const parting = { rows: Math.ceil(PART_LENGTH / filteredLength), ...turns };
    await eachPart(rows.height, parting, ({ start, end }) =>
      kernels.run((kernel) => {
        const { address } = filter(rows, { start, end }, kernel);
        kernel.get(address, filtered.subarray(start * filteredLength, end * filteredLength));
      }),
    );
    return await deflatePieces(filtered, { level, memLevel: 9 }, turns.signal);
  } finally {
    pool.give(filtered);
  }
}

/** Filters some rows into the kernel's memory. */
function filter({ bytes, rowLength, step, isDeep }: Rows, { start, end }: PixelSpan, kernel: Kernel) {
  const first = Math.max(0, start - 1);
  const block = kernel.put(bytes.subarray(first * rowLength, end * rowLength));
  if (isDeep) kernel.call('swap_words', block, ((end - first) * rowLength) / 2);
  const above = start === 0 ? kernel.put(new Uint8Array(rowLength)) : block;
  const length = (end - start) * (rowLength + 1);
  const address = kernel.allocate(length + MARGIN);
  kernel.call('filter_rows', above, block + (start - first) * rowLength, rowLength, end - start, step, address);
  return { address, length };
}
