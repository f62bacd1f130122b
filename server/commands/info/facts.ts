import { profileName } from '../../../codecs/metadata/profile-name.ts';
import type { Metadata, Resolution } from '../../../image/metadata.ts';
import type { Codestream, ImageSource, Level, PixelLayout, StoredLevel } from '../../../image/source.ts';
import type { InputFile } from '../open-input.ts';
import { type TileCost, tileCost } from './tile-cost.ts';

/** One level as it is seen and as it is stored. */
export interface LevelFacts extends Level {
  readonly stored?: StoredLevel;
  /** Of the dearest tile of 256 x 256 pixels. */
  readonly cost?: TileCost;
}

/** What the server sees of a file. */
export interface FileFacts {
  readonly format: string;
  /** Length of the file. */
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly layout: PixelLayout;
  readonly orientation: number;
  readonly pages: number;
  readonly layers: number;
  readonly profile?: { readonly name: string; readonly bytes: number };
  readonly resolution?: Resolution;
  /** What else the file says, with the length of blocks in bytes, the number of EXIF's entries and the texts themselves. */
  readonly metadata: Readonly<Record<string, number | string>>;
  readonly codestream?: Codestream;
  readonly levels: readonly LevelFacts[];
}

/** Reads headers and metadata; no pixel is decoded. @throws CorruptSource */
export async function readFacts({ source, size }: InputFile): Promise<FileFacts> {
  const { format, layout, orientation, pages, layers = 1 } = source;
  const [{ width, height }] = source.levels;
  const metadata = await source.metadata();
  const { icc, resolution } = metadata;
  const codestream = await source.codestream?.();
  return {
    format,
    bytes: size,
    width,
    height,
    layout,
    orientation,
    pages: pages?.labels.length ?? 1,
    layers,
    ...(icc && { profile: { name: profileName(icc) ?? 'without a name', bytes: icc.length } }),
    ...(resolution && { resolution }),
    metadata: otherMetadata(metadata),
    ...(codestream && { codestream }),
    levels: levelFacts(source),
  };
}

function levelFacts({ levels, storage }: ImageSource): LevelFacts[] {
  return levels.map((level, index) => {
    const stored = storage?.[index];
    return stored ? { ...level, stored, cost: tileCost(level, stored) } : level;
  });
}

function otherMetadata({ xmp, iptc, exif, text }: Metadata): Record<string, number | string> {
  return {
    ...(xmp && { xmp: xmp.length }),
    ...(iptc && { iptc: iptc.length }),
    ...(exif && { exif: exif.photo.length + exif.gps.length }),
    ...text,
  };
}
