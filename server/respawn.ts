/** How one process of a slot ended. */
export interface Death {
  /** On any clock, in milliseconds. */
  readonly at: number;
  /** Whether it had come as far as serving. */
  readonly hasServed: boolean;
  readonly livedMs: number;
}

/** What to do about it. */
export type Verdict = { readonly kind: 'respawn'; readonly delayMs: number } | { readonly kind: 'give-up' };

const MINUTE_MS = 60_000;
const MOST_FAILED_STARTS = 5;
const SHORT_LIFE_MS = 1000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 1000;

/**
 * A process that served for a while is replaced at once; those that live shortly, after a growing pause. Five failed
 * starts in a row within a minute are enough: what keeps them from starting will not go away by itself.
 *
 * @param deaths - of one slot, the newest last
 */
export function judgeDeaths(deaths: readonly Death[]): Verdict {
  const now = deaths.at(-1)?.at ?? 0;
  const failedStarts = trailing(deaths, (death) => !death.hasServed && now - death.at < MINUTE_MS);
  if (failedStarts >= MOST_FAILED_STARTS) return { kind: 'give-up' };
  const shortLives = trailing(deaths, (death) => !death.hasServed || death.livedMs < SHORT_LIFE_MS);
  const delayMs = shortLives === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (shortLives - 1), LONGEST_DELAY_MS);
  return { kind: 'respawn', delayMs };
}

function trailing(deaths: readonly Death[], isMeant: (death: Death) => boolean): number {
  return deaths.length - 1 - deaths.findLastIndex((death) => !isMeant(death));
}
