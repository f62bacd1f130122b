import { firstDirectoryField, headerOf } from './directory.ts';

/** Where a file goes. Bytes come in order, but for the last write, which completes the header. */
export interface ByteSink {
  write(bytes: Uint8Array, offset: number): Promise<void>;
}

/** Puts the parts of a TIFF one behind the other. */
export interface Appender {
  readonly isBig: boolean;
  /** Offset of what comes next. */
  end(): number;
  /** Writes parts at once. @returns their offsets, which are even */
  append(parts: readonly Uint8Array[]): Promise<number[]>;
  /** Completes the header: only now is it a TIFF. */
  finish(firstDirectory: number): Promise<void>;
}

const MAX_CLASSIC_BYTES = 2 ** 32;

/** @param isBig - whether it is a BigTIFF, which may be longer than 4 GiB */
export function createAppender(sink: ByteSink, isBig: boolean): Appender {
  const header = headerOf(isBig);
  let isBegun = false;
  let end = header.length;

  function place({ length }: Uint8Array): number {
    const offset = end;
    end += length + (length % 2);
    if (!isBig && end >= MAX_CLASSIC_BYTES) throw new RangeError('the pyramid is too large for a classic TIFF file');
    return offset;
  }

  return {
    isBig,
    end: () => end,
    async append(parts) {
      if (!isBegun) await sink.write(header, 0);
      isBegun = true;
      const start = end;
      const offsets = parts.map(place);
      const bytes = new Uint8Array(end - start);
      for (const [index, part] of parts.entries()) bytes.set(part, Number(offsets[index]) - start);
      await sink.write(bytes, start);
      return offsets;
    },
    async finish(firstDirectory) {
      const { bytes, at } = firstDirectoryField(firstDirectory, isBig);
      await sink.write(bytes, at);
    },
  };
}
