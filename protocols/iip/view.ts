import type { UnitRect } from '../../image/geometry.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { Operations } from '../../image/operations.ts';
import { type OutputDepth, type PageAddress, type Quality, type Rotation, UPRIGHT } from '../../image/request.ts';
import type { Encoding } from './arguments.ts';

/** What the commands to the left have settled. */
export interface View {
  readonly identifier?: Identifier;
  readonly page?: PageAddress;
  readonly layers?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly part?: UnitRect;
  readonly rotation: Rotation;
  readonly quality: Quality;
  /** By the names of their commands, so that the last of several of a name counts and takes nothing of the others. */
  readonly operations: Readonly<Record<string, Operations>>;
  readonly encoding: Encoding;
  readonly depth?: OutputDepth;
}

/** Before the first command. */
export const INITIAL_VIEW: View = { rotation: UPRIGHT, quality: 'default', operations: {}, encoding: {} };

/** A view that has an image to look at. */
export type ImageView = View & { readonly identifier: Identifier };

/** Whether FIF has been there. */
export function hasImage(view: View): view is ImageView {
  return view.identifier !== undefined;
}
