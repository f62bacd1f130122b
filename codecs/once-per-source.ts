import type { ImageSource } from '../image/source.ts';

/**
 * Finds something out about an image when it is first asked for, and keeps it as long as the image is open. After a failure
 * the next caller tries again.
 */
export function oncePerSource<T>(find: (source: ImageSource) => Promise<T>): (source: ImageSource) => Promise<T> {
  const found = new WeakMap<ImageSource, Promise<T>>();
  return (source) => {
    const known = found.get(source);
    if (known !== undefined) return known;
    const finding = find(source);
    found.set(source, finding);
    finding.catch(() => found.delete(source));
    return finding;
  };
}
