import { SourceChanged } from '../../image/errors.ts';
import type { Caller, ImageService, LentImage } from '../../image/service.ts';
import type { ImageView } from './view.ts';
import { type NamedView, viewsOf } from './views.ts';

/** A question about an image, and whose it is. */
export interface Question {
  readonly view: ImageView;
  readonly images: ImageService;
  readonly caller: Caller;
}

/** What all views of an image came to. */
export interface ViewParts<T> {
  readonly parts: readonly T[];
  /** That of the newest file. */
  readonly lastModified: Date;
}

/**
 * Asks the same of every view of an image, one after the other, so that one client takes no more than one slot.
 *
 * @throws SourceChanged when the pages of a stack come from different states of its file
 */
export async function eachView<T>(
  { view: { identifier, page, layers }, images, caller }: Question,
  ask: (image: LentImage, view: NamedView) => Promise<T>,
): Promise<ViewParts<T>> {
  const views = await images.lend({ identifier }, caller, async ({ description }) => viewsOf(description, page));
  const parts: T[] = [];
  const etags = new Set<string>();
  let lastModified = new Date(0);
  for (const view of views) {
    const { part, validators, isPage } = await images.lend(
      { identifier, page: view.page, layers },
      caller,
      async (image) => ({
        part: await ask(image, view),
        validators: image.description.validators,
        isPage: image.description.stack !== undefined,
      }),
    );
    parts.push(part);
    if (isPage && etags.add(validators.etag).size > 1) throw new SourceChanged();
    if (validators.lastModified > lastModified) lastModified = validators.lastModified;
  }
  return { parts, lastModified };
}
