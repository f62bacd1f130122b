import type { Operations } from '../../image/operations.ts';
import type { FormatName, Quality } from '../../image/request.ts';

/** The major version of the Image API whose grammar and documents are meant. */
export type IiifVersion = 2 | 3;

/** Output formats by their names in URLs. */
export const IIIF_FORMATS: ReadonlyMap<string, FormatName> = new Map([
  ['jpg', 'jpeg'],
  ['png', 'png'],
  ['tif', 'tiff'],
  ['webp', 'webp'],
  ['avif', 'avif'],
  ['gif', 'gif'],
  ['pdf', 'pdf'],
  ['jp2', 'jp2'],
]);

/** The formats that compliance level 2 demands. */
export const LEVEL_2_FORMATS: readonly string[] = ['jpg', 'png'];

/** What the name of a quality asks for. */
export interface NamedQuality {
  readonly quality: Quality;
  readonly operations?: Operations;
}

/** The qualities of the specification, by name. */
const QUALITIES: ReadonlyMap<string, NamedQuality> = new Map(
  (['default', 'color', 'gray', 'bitonal'] as const).map((quality) => [quality, { quality }]),
);

/** Qualities that the specification does not know, as iipsrv has them. */
const EXTENSIONS: ReadonlyMap<string, NamedQuality> = new Map([
  ['negative', { quality: 'default', operations: { invert: true } }],
  ['stretch', { quality: 'default', operations: { stretch: true } }],
  ['equalization', { quality: 'default', operations: { equalise: true } }],
  ['log', { quality: 'default', operations: { gamma: 'log' } }],
]);

/** All qualities, by name, those of the specification first. */
export function qualitiesOf(hasExtensions: boolean): ReadonlyMap<string, NamedQuality> {
  return hasExtensions ? new Map([...QUALITIES, ...EXTENSIONS]) : QUALITIES;
}
