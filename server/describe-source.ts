import { maxAreaOf } from '../image/budget.ts';
import { type InfoMembers, mergeInfoMembers } from '../image/info-members.ts';
import { withRights } from '../image/metadata.ts';
import { type Limits, promisedSide } from '../image/resolve.ts';
import type { ImageDescription } from '../image/service.ts';
import { servedTile } from '../image/tile-grid.ts';
import type { Picture } from './use-page.ts';

/** What the operator decides about descriptions. */
export interface DescriptionSettings {
  readonly limits: Limits;
  /** The rights statement of images that have none; empty for none. */
  readonly rights: string;
  /** Added to every description. */
  readonly extra: InfoMembers;
  /** Told when the file beside an image cannot be used. */
  readonly onDamagedSidecar: (image: string, reason: string) => void;
}

/** What descriptor documents say of an image. @throws CorruptSource */
export async function describeSource(
  { opened, source }: Picture,
  etag: string,
  { limits, rights, extra, onDamagedSidecar }: DescriptionSettings,
): Promise<ImageDescription> {
  const { views } = opened;
  const sidecar = await opened.sidecar();
  if (sidecar.problem) onDamagedSidecar(opened.name, sidecar.problem);
  const stack = opened.source.pages?.labels;
  return {
    validators: { etag, lastModified: later(opened.lastModified, sidecar.lastModified) },
    levels: source.levels,
    layout: source.layout,
    metadata: withRights(await source.metadata(), rights),
    tile: servedTile(source.levels),
    maxSide: promisedSide(source.levels[0], limits),
    maxArea: maxAreaOf(source, limits.maxDecodedBytes),
    allowUpscaling: limits.allowUpscaling,
    extra: mergeInfoMembers(extra, sidecar.members),
    ...(stack && { stack }),
    ...(views && { views }),
  };
}

function later(a: Date, b: Date | undefined): Date {
  return b !== undefined && b > a ? b : a;
}
