import { MalformedRequest } from '../../image/errors.ts';
import { lineWindow, storedLevel } from '../../image/stored-tiles.ts';
import type { Descriptor } from '../reply.ts';
import type { DataRequest } from './data-requests.ts';
import { eachView, type Question } from './each-view.ts';
import { printSamples, profileDocument } from './profile.ts';

/** Values of one answer, all views and bands together: some megabytes of text. */
export const MOST_VALUES = 2 ** 18;

/**
 * The samples along a line, of all views.
 *
 * @throws MalformedRequest, RegionOutsideImage, TileNotFound for a level that does not exist, and what reading throws
 */
export async function answerProfile(
  { level: number, start, end }: Extract<DataRequest, { kind: 'profile' }>,
  question: Question,
): Promise<Descriptor> {
  let count = 0;
  const { parts, lastModified } = await eachView(question, async (image, { name, scale }) => {
    const { levels, layout } = image.description;
    const level = storedLevel(levels, number);
    const window = lineWindow(start, end, level);
    count += window.width * window.height * layout.bands;
    if (count > MOST_VALUES) throw new MalformedRequest('PFL', `${count} values`, `at most ${MOST_VALUES}`);
    const samples = await image.readSamples(level, window, ({ data, sample }) => ({
      values: Array.from(data),
      sample,
    }));
    return { name, values: await printSamples(samples, scale) };
  });
  return { type: 'application/json', body: profileDocument(parts), lastModified };
}
