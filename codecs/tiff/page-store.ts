import type { ByteSource } from '../../image/source.ts';
import { viewOf } from './byte-layout.ts';

/** The parts of a file's tile tables that were wanted lately. */
export interface PageStore {
  /**
   * The page that holds a value of a table: at once where it is known, so that a tile costs no wait for it.
   *
   * @param start - offset of the table in the file
   * @param distance - from there to the value, a multiple of its length
   */
  locate(start: number, distance: number): PagePlace | Promise<PagePlace>;
}

/** Where in a page a value lies. */
interface PagePlace {
  readonly view: DataView;
  readonly at: number;
}

/** A multiple of the length of every kind of value, so that none is split between pages. */
const PAGE_LENGTH = 4096;

/** Half a megabyte holds the whole tables of a 60,000 x 50,000 pyramid of 256-pixel tiles. */
const MAX_PAGES = 128;

/** Keeps the pages used last; callers who want the same page at the same time wait for one read. */
export function createPageStore(bytes: ByteSource): PageStore {
  const pages = new Map<number, DataView | Promise<DataView>>();

  /** No request's signal ends the read: others may wait for the page, and it is short. */
  async function load(offset: number): Promise<DataView> {
    try {
      const view = viewOf(await bytes.read(offset, Math.min(PAGE_LENGTH, bytes.size - offset)));
      if (pages.has(offset)) pages.set(offset, view);
      return view;
    } catch (error) {
      pages.delete(offset);
      throw error;
    }
  }

  function pageAt(offset: number): DataView | Promise<DataView> {
    const page = pages.get(offset) ?? load(offset);
    pages.delete(offset);
    pages.set(offset, page); // now the one used last
    if (pages.size > MAX_PAGES) evictOldest(pages);
    return page;
  }

  return {
    locate(start, distance) {
      const at = distance % PAGE_LENGTH;
      const page = pageAt(start + distance - at);
      return page instanceof Promise ? page.then((view) => ({ view, at })) : { view: page, at };
    },
  };
}

function evictOldest(pages: Map<number, unknown>): void {
  const [oldest] = pages.keys();
  if (oldest !== undefined) pages.delete(oldest);
}
