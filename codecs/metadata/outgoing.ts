import { type Metadata, type Resolution, scaleResolution, withRights } from '../../image/metadata.ts';
import { isRecoloured } from '../../image/operations.ts';
import type { RenderPlan } from '../../image/plan.ts';
import { levelScale } from '../../image/pyramid.ts';
import type { ImageSource } from '../../image/source.ts';
import { isProfileOf } from './icc-profile.ts';

/** What goes out with the picture of a plan. */
export type Outgoing = (source: ImageSource, plan: RenderPlan) => Promise<Metadata>;

/** What the operator says about it. */
interface OutgoingSettings {
  /** Profiles shorter than this are embedded, in bytes. */
  readonly maxIcc: number;
  /** The rights statement of images that have none; empty for none. */
  readonly rights: string;
  /** Whether RGB goes out in the colours of its profile, or converted to sRGB, which needs none. */
  readonly colour: 'keep' | 'srgb';
}

const NOTHING: Metadata = { text: {} };

/** Tiles get the colour profile alone, exports everything. A profile only goes with pixels of its own colour space. */
export function createOutgoing({ maxIcc, rights, colour }: OutgoingSettings): Outgoing {
  async function profileFor(source: ImageSource, { quality, operations }: RenderPlan): Promise<Uint8Array | undefined> {
    const isConverted = quality === 'bitonal' || (colour === 'srgb' && quality === 'color');
    const icc = isConverted || isRecoloured(operations) || maxIcc === 0 ? undefined : await source.profile();
    const isFitting = icc && icc.length < maxIcc && isProfileOf(icc, quality === 'color' ? 'rgb' : 'gray');
    return isFitting ? icc : undefined;
  }

  return async (source, plan) => {
    const icc = await profileFor(source, plan);
    if (plan.purpose === 'tile') return icc ? { icc, text: {} } : NOTHING;
    const { icc: _, resolution, ...others } = withRights(await source.metadata(), rights);
    return {
      ...others,
      ...(icc && { icc }),
      ...(resolution && { resolution: resolutionOf(resolution, plan, source) }),
    };
  };
}

/** That of the output: fewer pixels for the same length where it is reduced, and turned with the picture. */
function resolutionOf(
  full: Resolution,
  { level, window, size, rotation }: RenderPlan,
  source: ImageSource,
): Resolution {
  const scale = levelScale(level, source.levels[0]);
  const factor = { x: size.width / window.width / scale.x, y: size.height / window.height / scale.y };
  const { x, y, unit } = scaleResolution(full, factor);
  return rotation.degrees % 180 === 90 ? { x: y, y: x, unit } : { x, y, unit };
}
