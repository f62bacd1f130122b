import type { Caller, ImageService } from '../../image/service.ts';
import type { WantedObject } from './parse.ts';

const MEDIA_TYPE = 'application/vnd.netfpx';

/** What the objects of a query have to say. */
interface ObjectLines {
  readonly lines: readonly string[];
  /** Media type: that of the last object with lines that has one of its own. */
  readonly type: string;
  /** That of the newest image; undefined where none was looked at. */
  readonly lastModified: Date | undefined;
}

/** Reads one object after the other, each of the image that FIF last named before it. */
export async function readObjects(
  objects: readonly WantedObject[],
  images: ImageService,
  caller: Caller,
): Promise<ObjectLines> {
  const lines: string[] = [];
  let type = MEDIA_TYPE;
  let lastModified: Date | undefined;
  for (const wanted of objects) {
    if (!('view' in wanted)) {
      lines.push(...wanted.object.lines);
      continue;
    }
    const { object, view } = wanted;
    const read = await images.lend(view, caller, async (image) => ({
      lines: await object.describe(image, view.rotation),
      modified: image.description.validators.lastModified,
    }));
    lines.push(...read.lines);
    if (read.lines.length > 0) type = object.type ?? type;
    if (!lastModified || read.modified > lastModified) lastModified = read.modified;
  }
  return { lines, type, lastModified };
}
