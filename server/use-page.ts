import { PageNotFound } from '../image/errors.ts';
import type { ImageRequest, PageAddress } from '../image/request.ts';
import type { Caller } from '../image/service.ts';
import type { ImageSource } from '../image/source.ts';
import type { SourcePool } from './cache/source-pool.ts';
import type { OpenedSource } from './sources/opened-source.ts';
import { type SourceAddress, USUAL_VIEW } from './sources/source-address.ts';

/** One page of an opened image. */
export interface Picture {
  readonly opened: OpenedSource;
  readonly source: ImageSource;
  /** 0 is what was opened itself. */
  readonly page: number;
}

type Wanted = Pick<ImageRequest, 'identifier' | 'page'>;

/**
 * Lends the picture that a page number means for that image: a page of its stack, or a file of its sequence.
 *
 * @throws PageNotFound, and whatever opening throws
 */
export function usePage<T>(
  sources: SourcePool,
  { identifier, page }: Wanted,
  caller: Caller,
  work: (picture: Picture) => Promise<T>,
): Promise<T> {
  return sources.use({ identifier }, caller, (opened) => {
    if (!page) return work({ opened, source: opened.source, page: 0 });
    const file = opened.views && fileOf({ identifier, page });
    if (file) return sources.use(file, caller, (other) => work({ opened: other, source: other.source, page: 0 }));
    return usePageOf(opened, opened.views ? 0 : page.x, work);
  });
}

/** Has the files opened anew that a request is about. */
export function forgetPage(sources: SourcePool, { identifier, page }: Wanted): void {
  sources.forget({ identifier });
  const file = page && fileOf({ identifier, page });
  if (file) sources.forget(file);
}

async function usePageOf<T>(opened: OpenedSource, page: number, work: (picture: Picture) => Promise<T>): Promise<T> {
  const { pages } = opened.source;
  const count = pages?.labels.length ?? 1;
  if (page >= count) throw new PageNotFound(`${page} of ${count}`);
  const source = pages ? await pages.open(page) : opened.source;
  return work({ opened, source, page });
}

/** Another file of the sequence than the one that stands for it. */
function fileOf({
  identifier,
  page,
}: {
  identifier: Wanted['identifier'];
  page: PageAddress;
}): SourceAddress | undefined {
  const view = { x: page.x, y: page.y ?? USUAL_VIEW.y };
  return view.x === USUAL_VIEW.x && view.y === USUAL_VIEW.y ? undefined : { identifier, view };
}
