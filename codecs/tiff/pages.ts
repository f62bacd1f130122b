import type { ImageSource, PageLabel, Pages } from '../../image/source.ts';

/** A page takes some kilobytes: its levels and the places of its tile tables. */
const MOST_OPEN_PAGES = 256;

/**
 * Opens pages when they are asked for and keeps those used last; callers who want the same page at the same time wait
 * for one opening.
 *
 * @param open - opens the page of an index
 */
export function createPages(labels: readonly PageLabel[], open: (index: number) => Promise<ImageSource>): Pages {
  const pages = new Map<number, Promise<ImageSource>>();
  return {
    labels,
    async open(index) {
      if (!(index >= 0 && index < labels.length)) throw new RangeError('page of another source');
      const page = pages.get(index) ?? open(index);
      pages.delete(index);
      pages.set(index, page); // now the one used last
      if (pages.size > MOST_OPEN_PAGES) evictOldest(pages);
      try {
        return await page;
      } catch (error) {
        pages.delete(index);
        throw error;
      }
    },
  };
}

function evictOldest(pages: Map<number, unknown>): void {
  const [oldest] = pages.keys();
  if (oldest !== undefined) pages.delete(oldest);
}
