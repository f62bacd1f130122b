import { createHash } from 'node:crypto';
import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { isInside, type Size } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { ByteSource, ImageSource, PageLabel, Pyramid } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import type { FlatFormat } from './flat-formats.ts';
import { createLevelReader } from './level-reader.ts';
import { createFlatMetadata } from './metadata.ts';
import { type PictureHeader, readPictureHeader } from './picture-header.ts';
import { storedLevels } from './stored-levels.ts';

/** A file that is known to be of a format. */
export interface FlatFile {
  readonly format: FlatFormat;
  readonly bytes: ByteSource;
  /** Its first bytes. */
  readonly head: Uint8Array;
}

/** Side of the tiles that are advertised. */
const TILE = { width: 256, height: 256 };

/** Longest file that is read, as it has to be in memory as a whole. */
const LONGEST_FILE = 2 ** 30;

/** In these formats the header comes first; it is tried to be read from so many bytes. */
const HEADER_FIRST: readonly FlatFormat[] = ['jpeg', 'png'];
const HEADER_LENGTH = 2 ** 18;

const MOST_PAGES = 4096;

/**
 * Opens a picture of one resolution. Of JPEG and PNG only the header is read, of others the file.
 *
 * @throws CorruptSource, UnsupportedSource
 */
export async function openFlat(file: FlatFile, tools: DecodeTools): Promise<ImageSource> {
  if (file.bytes.size > LONGEST_FILE) throw new UnsupportedSource(`a ${file.format} file of more than a gigabyte`);
  const header = await readHeader(file);
  const shared = { file, tools, digest: digestOf(file), prefix: `${tools.flat.nextImage()}:` };
  const first = createSource(shared, header, 0);
  if (header.pages === 1) return first;
  const labels = Array.from({ length: Math.min(header.pages, MOST_PAGES) }, (): PageLabel => ({ name: '', scale: 1 }));
  const open = async (index: number): Promise<ImageSource> => {
    if (index === 0) return source;
    const whole = await file.bytes.read(0, file.bytes.size);
    return { ...createSource(shared, await readPictureHeader(whole, index), index), close: closeNothing };
  };
  const source: ImageSource = { ...first, pages: { labels, open } };
  return source;
}

/** A page is closed with the source that it comes from. */
async function closeNothing(): Promise<void> {}

async function readHeader({ format, bytes }: FlatFile): Promise<PictureHeader> {
  if (HEADER_FIRST.includes(format) && bytes.size > HEADER_LENGTH) {
    const beginning = await bytes.read(0, HEADER_LENGTH);
    try {
      return await readPictureHeader(beginning, 0);
    } catch (error) {
      if (!(error instanceof CorruptSource)) throw error; // the header may be longer
    }
  }
  return readPictureHeader(await bytes.read(0, bytes.size), 0);
}

/** What all pages of a file share. */
interface SharedFile {
  readonly file: FlatFile;
  readonly tools: DecodeTools;
  readonly digest: string;
  readonly prefix: string;
}

function createSource({ file, tools, digest, prefix }: SharedFile, header: PictureHeader, page: number): ImageSource {
  const { bytes, format } = file;
  const levels = levelsOf(header.size);
  const read = createLevelReader({ bytes, format, header, page, tools, prefix });
  let closing: Promise<void> | undefined;
  return {
    format,
    digest,
    levels,
    layout: header.layout,
    storage: storedLevels(format, levels, file.head),
    orientation: header.orientation,
    ...createFlatMetadata(file, header),
    async read(level, window, signal) {
      if (!levels.includes(level)) throw new RangeError('level of another source');
      if (!isInside(window, level)) throw new RangeError('window outside its level');
      return read(level, window, signal);
    },
    encodedTile: async () => undefined,
    close() {
      tools.flat.levels.forget(prefix);
      closing ??= bytes.close();
      return closing;
    },
  };
}

/** Each half of the one before, rounded down, down to the first that one tile holds. */
function levelsOf(full: Size): Pyramid {
  const sizes: Size[] = [];
  for (let size = full; Math.max(size.width, size.height) > TILE.width; ) {
    size = { width: Math.max(1, size.width >> 1), height: Math.max(1, size.height >> 1) };
    sizes.push(size);
  }
  return pyramidOf([{ ...full, tile: TILE }, ...sizes.map((size) => ({ ...size, tile: TILE }))]);
}

/** Of what the file begins with. */
function digestOf({ head, bytes }: FlatFile): string {
  return createHash('sha256').update(head).update(String(bytes.size)).digest('hex').slice(0, 16);
}
