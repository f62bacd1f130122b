import type { DecodeEvent } from '../codecs/decode-watch.ts';
import type { FileState } from '../image/source.ts';

/** The files that the decoders of one process are at. */
export interface DecodingFiles {
  note(event: DecodeEvent): void;
  all(): FileState[];
}

export function createDecodingFiles(): DecodingFiles {
  const files = new Map<string, { readonly file: FileState; decoders: number }>();
  return {
    note({ kind, file }) {
      const known = files.get(file.identity) ?? { file, decoders: 0 };
      if (kind === 'begun') known.decoders++;
      if (kind === 'ended') known.decoders--;
      if (known.decoders > 0) files.set(file.identity, known);
      else files.delete(file.identity);
    },
    all: () => [...files.values()].map(({ file }) => file),
  };
}
