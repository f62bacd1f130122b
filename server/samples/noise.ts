/** A number from 0 to 1 that looks random and is always the same for the same three integers. */
export function hash(x: number, y: number, seed: number): number {
  let bits = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}

/** Smooth noise from 0 to 1 with features of size 1. */
export function noise(x: number, y: number, seed: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const right = fade(x - column);
  const down = fade(y - row);
  // the corners of one lattice cell, each as `hash` with a single round: this is where the time goes
  const upper = Math.imul(row, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  const lower = Math.imul(row + 1, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  const left = Math.imul(column, 0x27d4eb2d);
  const next = Math.imul(column + 1, 0x27d4eb2d);
  return mix(
    mix(scatter(left ^ upper), scatter(next ^ upper), right),
    mix(scatter(left ^ lower), scatter(next ^ lower), right),
    down,
  );
}

/** Noise over noise of half the size and half the strength: from 0 to 1, mostly around 0.5. */
export function fractalNoise(x: number, y: number, octaves: number, seed: number): number {
  let sum = 0;
  let strength = 0.5;
  let scale = 1;
  for (let octave = 0; octave < octaves; octave++) {
    sum += strength * noise(x * scale, y * scale, seed + octave);
    strength /= 2;
    scale *= 2.03; // not quite 2, so that the grids do not meet
  }
  return sum / (1 - 2 * strength);
}

/** As `fractalNoise`, folded into sharp crests that reach up to 1. */
export function ridgedNoise(x: number, y: number, octaves: number, seed: number): number {
  let sum = 0;
  let strength = 0.5;
  let scale = 1;
  for (let octave = 0; octave < octaves; octave++) {
    const crest = 1 - Math.abs(2 * noise(x * scale, y * scale, seed + octave) - 1);
    sum += strength * crest * crest;
    strength /= 2;
    scale *= 2.03;
  }
  return sum / (1 - 2 * strength);
}

export function mix(first: number, second: number, amount: number): number {
  return first + (second - first) * amount;
}

/** From 0 to 1; neighbouring integers are far apart. */
function scatter(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  return ((once ^ (once >>> 13)) >>> 0) / 2 ** 32;
}

/** From 0 to 1 with zero slope and curvature at both ends. Just below 1 rounding leads beyond it, and so out of the noise. */
function fade(fraction: number): number {
  return Math.min(1, fraction * fraction * fraction * (fraction * (fraction * 6 - 15) + 10));
}
