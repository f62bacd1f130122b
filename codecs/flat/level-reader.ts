import { LevelOverBudget } from '../../image/errors.ts';
import type { Rect, Size } from '../../image/geometry.ts';
import type { ByteSource, Level, PixelBuffer } from '../../image/source.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { createSingleFlight } from '../single-flight.ts';
import type { Samples } from './decode-picture.ts';
import type { FlatFormat } from './flat-formats.ts';
import type { PictureHeader } from './picture-header.ts';

/** Cuts windows out of levels, each of which is decoded as a whole and kept. */
export type ReadLevel = (level: Level, window: Rect, signal: AbortSignal) => Promise<PixelBuffer>;

interface LevelReaderNeeds {
  readonly bytes: ByteSource;
  readonly format: FlatFormat;
  readonly header: PictureHeader;
  readonly page: number;
  readonly tools: Pick<DecodeTools, 'pool' | 'flat' | 'watch'>;
  /** What the keys of the file's levels begin with. */
  readonly prefix: string;
}

/** The decoder of JPEG reduces to an eighth by itself. */
export const MOST_SHRINK = 8;

/** Bytes of a coefficient of JPEG. */
const COEFFICIENT = 2;

export function createLevelReader({ bytes, format, header, page, tools, prefix }: LevelReaderNeeds): ReadLevel {
  const { pool, flat, watch } = tools;
  const flights = createSingleFlight<Samples>();

  async function decode(size: Size, signal: AbortSignal): Promise<Samples> {
    const file = await bytes.read(0, bytes.size, signal);
    signal.throwIfAborted(); // the file may be closed by now, and its descriptor another's
    try {
      return await watch.run(bytes.file, 'process', () => flat.decode(file, { header, page, size }));
    } finally {
      pool.give(file);
    }
  }

  async function decodeOnce(level: Level, signal: AbortSignal): Promise<Samples> {
    const key = `${prefix}${page}/${level.width}x${level.height}`;
    const known = flat.levels.get(key);
    if (known) return known;
    const needed = decodingBytes(format, header, level);
    if (needed > flat.maxDecodedBytes) throw new LevelOverBudget(needed, flat.maxDecodedBytes);
    return flights.run(key, signal, async (shared) => {
      const samples = await flat.places.run(shared, () => decode(level, shared));
      shared.throwIfAborted();
      flat.levels.set(key, samples);
      return samples;
    });
  }

  return async (level, window, signal) => {
    signal.throwIfAborted();
    const samples = await decodeOnce(level, signal);
    signal.throwIfAborted(); // a level that is at hand waits for nothing
    return cut(samples, { level, window, header }, pool);
  };
}

/**
 * What decoding takes at its height. Baseline JPEG is reduced as it is decoded and other formats come row by row where
 * they can; what comes in passes or has to be there as a whole takes all of it, whatever is made of it.
 */
function decodingBytes(format: FlatFormat, { size, layout, isProgressive }: PictureHeader, level: Size): number {
  const sample = layout.sample === 'uint16' ? 2 : 1;
  const bytesOf = ({ width, height }: Size) => width * height * layout.bands * sample;
  const whole = bytesOf(size);
  if (format === 'png' && !isProgressive) return bytesOf(level);
  if (format !== 'jpeg') return whole;
  const reduced = Math.max(bytesOf(level), whole / MOST_SHRINK ** 2);
  return isProgressive ? Math.max(whole * COEFFICIENT, reduced) : reduced;
}

interface Cutting {
  readonly level: Size;
  readonly window: Rect;
  readonly header: PictureHeader;
}

function cut(samples: Samples, { level, window, header }: Cutting, pool: BufferPool): PixelBuffer {
  const { width, height } = window;
  const { bands, photometric, hasAlpha } = header.layout;
  const shape = { width, height, bands, photometric, hasAlpha };
  const length = width * height * bands;
  const rows = { stride: level.width * bands, start: (window.y * level.width + window.x) * bands, row: width * bands };
  if (samples instanceof Uint8Array) {
    const data = pool.take(length);
    copyRows(samples, data, rows);
    return { ...shape, sample: 'uint8', data };
  }
  const memory = pool.take(length * 2);
  const data = pool.exchange(memory, new Uint16Array(memory.buffer, memory.byteOffset, length));
  copyRows(samples, data, rows);
  return { ...shape, sample: 'uint16', data };
}

interface Rows {
  readonly stride: number;
  readonly start: number;
  readonly row: number;
}

function copyRows(samples: Samples, data: Samples, { stride, start, row }: Rows): void {
  for (let to = 0, from = start; to < data.length; to += row, from += stride) {
    data.set(samples.subarray(from, from + row), to);
  }
}
