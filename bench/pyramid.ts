import { setTimeout } from 'node:timers/promises';

/** Longer than the pyramid of any file of the corpus takes on a busy machine. */
const LONGEST_BUILD_MS = 120_000;
const LOOK_MS = 200;

/**
 * Asks for a picture until it comes from the pyramid that its first request had built: it has another entity tag then.
 *
 * @throws Error when that does not happen
 */
export async function untilPyramid(url: string): Promise<void> {
  const first = await entityTag(url);
  for (let waited = 0; waited < LONGEST_BUILD_MS; waited += LOOK_MS) {
    await setTimeout(LOOK_MS);
    if ((await entityTag(url)) !== first) return;
  }
  throw new Error(`${url}: no pyramid was built`);
}

async function entityTag(url: string): Promise<string | null> {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  return answer.headers.get('etag');
}
