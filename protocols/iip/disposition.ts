import type { Size } from '../../image/geometry.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { FormatName } from '../../image/request.ts';

const EXTENSION: Record<FormatName, string> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  tiff: 'tif',
  gif: 'gif',
  pdf: 'pdf',
  jp2: 'jp2',
};

/** A picture to be saved. */
export interface Export {
  readonly identifier: Identifier;
  readonly type: FormatName;
  /** Before rotation; undefined leaves it out of the name. */
  readonly size: Size | undefined;
  readonly kind: 'inline' | 'attachment';
}

/** The Content-Disposition header of an export: the image's own name, its size and the ending of its format. */
export function dispositionOf({ identifier, type, size, kind }: Export): string {
  const name = identifier.slice(identifier.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  // Quotes and backslashes have a meaning in the header, and other bytes than ASCII have none that is agreed on.
  const stem = name.replace(/[^ !#-[\]-~]/g, '_');
  const extent = size ? `_${size.width}x${size.height}` : '';
  return `${kind}; filename="${stem}${extent}.${EXTENSION[type]}"`;
}
