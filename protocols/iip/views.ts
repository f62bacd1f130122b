import type { PageAddress } from '../../image/request.ts';
import type { ImageDescription } from '../../image/service.ts';
import { USUAL_ANGLE } from './describe.ts';

/** One of the pictures of an image. */
export interface NamedView {
  /** Undefined where there is only one. */
  readonly name: string | undefined;
  readonly page: PageAddress | undefined;
  /** What its samples have to be multiplied by. */
  readonly scale: number;
}

/**
 * All pictures of an image: the pages of a stack by their names, the files of a sequence by their first angles.
 *
 * @param page - its second angle is that of all of a sequence
 */
export function viewsOf({ stack, views }: ImageDescription, page: PageAddress | undefined): NamedView[] {
  if (views) {
    const y = page?.y ?? USUAL_ANGLE;
    return views.horizontal.map((x) => ({ name: String(x), page: { x, y }, scale: 1 }));
  }
  if (!stack) return [{ name: undefined, page, scale: 1 }];
  const taken = new Set<string>();
  return stack.map(({ name, scale }, x) => ({ name: unusedName(name, x, taken), page: { x }, scale }));
}

/** Names become keys, so each is given once; a page without one of its own has its number. */
function unusedName(name: string, index: number, taken: Set<string>): string {
  const candidates = [name, String(index), `${index}: ${name}`];
  const unused = candidates.find((candidate) => candidate !== '' && !taken.has(candidate)) ?? `page ${index}`;
  taken.add(unused);
  return unused;
}
