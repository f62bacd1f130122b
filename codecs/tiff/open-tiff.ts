import { isInside } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { ByteSource, ImageSource, Level, PixelBuffer } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { readChain } from './chain.ts';
import { createChunkReader } from './chunk-reader.ts';
import { type DirectoryWalk, walkDirectories } from './directory-walk.ts';
import { parseHeader } from './header.ts';
import { readPageLevels, type TiledLevels } from './levels.ts';
import { createPageStore, type PageStore } from './page-store.ts';
import { createPages } from './pages.ts';
import { readEncodedTile } from './read-encoded-tile.ts';
import { readWindow } from './read-window.ts';
import { createTileAccess, type TileAccess } from './tile-access.ts';
import type { DecodeContext } from './tiled-image.ts';

/** That of a BigTIFF; a classic TIFF's header has half the length. */
const HEADER_LENGTH = 16;

/**
 * Opens a tiled TIFF. Only directories are read: how much depends on their number, not on that of the tiles.
 *
 * @param head - the first bytes of the file, at least 16
 * @throws CorruptSource, UnsupportedSource
 */
export async function openTiff(bytes: ByteSource, tools: DecodeTools, head: Uint8Array): Promise<ImageSource> {
  const { firstDirectory, ...layout } = parseHeader(head);
  const startWalk = (known: Uint8Array): DirectoryWalk =>
    walkDirectories({ layout, chunks: createChunkReader(bytes, known) }, head.subarray(0, HEADER_LENGTH));
  const walk = startWalk(head);
  const { levels, pages } = await readChain(walk, firstDirectory);
  const file = { digest: walk.digest(), tables: createPageStore(bytes), context: { bytes, tools } };
  const readPage = (index: number) => readPageLevels(startWalk(NOTHING), pages[index] ?? { offset: 0, copies: [] });
  const isFirstStoredFirst = pages[0]?.offset === firstDirectory;
  const first = createTiffSource(isFirstStoredFirst ? levels : await readPage(0), file);
  if (pages.length === 1) return first;
  const labels = pages.map(({ label }) => label);
  const openPage = async (index: number): Promise<ImageSource> =>
    index === 0 ? source : { ...createTiffSource(await readPage(index), file), close: closeNothing };
  const source: ImageSource = { ...first, pages: createPages(labels, openPage) };
  return source;
}

const NOTHING = new Uint8Array(0);

/** What all pages of a file share. */
interface SharedFile {
  readonly digest: string;
  readonly tables: PageStore;
  readonly context: DecodeContext;
}

function createTiffSource(images: TiledLevels, { digest, tables, context }: SharedFile): ImageSource {
  const levels = pyramidOf(images);
  const accesses = new Map(images.map((image, index) => [levels[index], createTileAccess(image, tables, context)]));
  const { bands } = images[0];
  const photometric = bands === 1 ? 'gray' : 'rgb';
  let closing: Promise<void> | undefined;
  return {
    format: 'tiff',
    digest,
    levels,
    layout: { bands, photometric, hasAlpha: false, bitsPerSample: 8 },
    async read(level, window, signal): Promise<PixelBuffer> {
      const tiles = accessOf(level, accesses);
      if (!isInside(window, level)) throw new RangeError('window outside its level');
      const data = await readWindow({ tiles, context, signal }, window);
      const { width, height } = window;
      return { width, height, bands, photometric, hasAlpha: false, sample: 'uint8', data };
    },
    encodedTile(level, column, row, signal) {
      return readEncodedTile(accessOf(level, accesses), { column, row }, { context, signal });
    },
    close() {
      closing ??= context.bytes.close();
      return closing;
    },
  };
}

/** The file is closed with the source that the page comes from. */
async function closeNothing(): Promise<void> {}

function accessOf(level: Level, accesses: ReadonlyMap<Level | undefined, TileAccess>): TileAccess {
  const access = accesses.get(level);
  if (!access) throw new RangeError('level of another source');
  return access;
}
