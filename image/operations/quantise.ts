/** The largest sample of the pixels that come out. */
export type White = 255 | 65_535;

/**
 * The sample nearest to a value; what lies outside 0 to white is cut, and what is no number is black.
 *
 * @param scale - sample of the value 1: contrast times white
 */
export function quantise(value: number, scale: number, white: White): number {
  const sample = value * scale;
  return sample >= white ? white : sample > 0 ? Math.floor(sample + 0.5) : 0;
}
