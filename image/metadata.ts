/** Pixels per unit of length in each direction; with an unknown unit only their ratio means anything. */
export interface Resolution {
  readonly x: number;
  readonly y: number;
  readonly unit: 'inch' | 'centimetre' | 'unknown';
}

/** The text fields an image can have, by the names that IIP gives them, in alphabetical order. */
export const TEXT_FIELDS = [
  'creator',
  'date',
  'description',
  'make',
  'model',
  'pagename',
  'rights',
  'scale',
  'software',
  'title',
] as const;

export type TextField = (typeof TEXT_FIELDS)[number];

/** One entry of an EXIF directory, its value with the least significant byte first. */
export interface ExifEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Uint8Array;
}

/** The directories of EXIF that describe the photograph and the place; what describes the file is not among them. */
export interface Exif {
  readonly photo: readonly ExifEntry[];
  readonly gps: readonly ExifEntry[];
}

/** What an image file says about the image beside its pixels; whatever was damaged or too large is left out. */
export interface Metadata {
  /** A colour profile whose header is sound and whose colour space is that of the stored pixels. */
  readonly icc?: Uint8Array;
  /** An XMP packet, UTF-8. */
  readonly xmp?: Uint8Array;
  /** IPTC-IIM records. */
  readonly iptc?: Uint8Array;
  readonly exif?: Exif;
  readonly resolution?: Resolution;
  readonly text: Readonly<Partial<Record<TextField, string>>>;
}

/** The orientations of TIFF and EXIF: 1 upright, 2 to 4 mirrored or upside down, 5 to 8 lying on a side. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The same metadata, with `rights` where the image has none of its own; an empty text changes nothing. */
export function withRights(metadata: Metadata, rights: string): Metadata {
  return rights === '' || metadata.text.rights ? metadata : { ...metadata, text: { ...metadata.text, rights } };
}

/** The resolution of the image scaled by a factor, its unit kept. */
export function scaleResolution({ x, y, unit }: Resolution, factor: { x: number; y: number }): Resolution {
  return { x: x * factor.x, y: y * factor.y, unit };
}
