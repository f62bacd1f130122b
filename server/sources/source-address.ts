import type { Identifier } from '../../image/identifier.ts';

/** Which file is meant: that of a name, or one of the sequence of that name. */
export interface SourceAddress {
  readonly identifier: Identifier;
  /** The two angles; undefined for a file of its own, or the usual view of a sequence. */
  readonly view?: View;
}

/** Where a file of a sequence looks from, as its name says: three digits or more each. */
export interface View {
  readonly x: number;
  readonly y: number;
}

/** The view that stands for the sequence. */
export const USUAL_VIEW: View = { x: 0, y: 90 };
