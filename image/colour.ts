/** An opaque colour in sRGB, each part from 0 to 255. */
export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export const WHITE: Colour = { red: 255, green: 255, blue: 255 };
