import { CorruptSource } from '../image/errors.ts';
import type { FileState } from '../image/source.ts';

/** A decoder was lost over a file, with the thread or the process that it ran in. */
export class DecoderLost extends CorruptSource {}

/** What there is to know about a decoder at work. */
export interface DecodeEvent {
  /** `lost`: the thread that it ran in is no more, this process still is. */
  readonly kind: 'begun' | 'ended' | 'lost';
  readonly file: FileState;
}

/** Looks after decoders that a file may bring down. */
export interface DecodeWatch {
  /**
   * Lets a decoder go at a file: in this process, which is lost with it, or in a thread of its own.
   *
   * @param file - undefined for bytes that are no file of the server's
   * @throws CorruptSource at once where the file has brought down decoders before
   */
  run<T>(file: FileState | undefined, place: 'process' | 'thread', decode: () => Promise<T>): Promise<T>;
  /** @param identities - of files that no decoder goes at from now on, and no others */
  refuse(identities: readonly string[]): void;
}

/** @param tell - gets everything that a process should know that goes on when this one does not */
export function createDecodeWatch(tell: (event: DecodeEvent) => void = ignore): DecodeWatch {
  let refused: ReadonlySet<string> = new Set();

  async function runHere<T>(file: FileState, decode: () => Promise<T>): Promise<T> {
    tell({ kind: 'begun', file });
    try {
      return await decode();
    } finally {
      tell({ kind: 'ended', file });
    }
  }

  async function runApart<T>(file: FileState, decode: () => Promise<T>): Promise<T> {
    try {
      return await decode();
    } catch (error) {
      if (error instanceof DecoderLost) tell({ kind: 'lost', file });
      throw error;
    }
  }

  return {
    async run(file, place, decode) {
      if (!file) return decode();
      if (refused.has(file.identity)) throw new CorruptSource('the file has brought down decoders before');
      return place === 'process' ? runHere(file, decode) : runApart(file, decode);
    },
    refuse: (identities) => {
      refused = new Set(identities);
    },
  };
}

function ignore(): void {}
