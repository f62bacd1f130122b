/** A source of pseudo-random integers that gives the same sequence for the same seed. */
export interface Random {
  /** From 0 to `limit` - 1. */
  below(limit: number): number;
}

/** The linear congruential generator of Numerical Recipes; its low bits are poor, so the high ones are used. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    },
  };
}

/** The integers from 0 to `count` - 1 in pseudo-random order, each once. */
export function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}
