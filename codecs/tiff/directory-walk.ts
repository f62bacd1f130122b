import { createHash } from 'node:crypto';
import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { type Directory, readDirectory, type TiffFile } from './directory.ts';

/** Reads the directories of one file, each only once and not without end. */
export interface DirectoryWalk {
  readonly file: TiffFile;
  /** @throws CorruptSource, also when the directory was read before: then they form a loop */
  visit(offset: number): Promise<Directory>;
  /** Of everything visited, in that order, as 16 hexadecimal digits. */
  digest(): string;
}

const MAX_DIRECTORIES = 4096;

/** @param head - the file's header, the first part of the digest */
export function walkDirectories(file: TiffFile, head: Uint8Array): DirectoryWalk {
  const visited = new Set<number>();
  const hash = createHash('sha256').update(head);
  return {
    file,
    async visit(offset) {
      if (visited.has(offset)) throw new CorruptSource(`directory at ${offset} is linked twice`);
      if (visited.size >= MAX_DIRECTORIES) throw new UnsupportedSource(`more than ${MAX_DIRECTORIES} directories`);
      visited.add(offset);
      const directory = await readDirectory(file, offset);
      hash.update(directory.bytes);
      return directory;
    },
    digest: () => hash.digest('hex').slice(0, 16),
  };
}
