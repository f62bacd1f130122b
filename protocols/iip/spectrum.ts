import type { PixelBuffer } from '../../image/source.ts';
import { printFixed } from './c-numbers.ts';

/** One sample of a spectrum. */
export interface SpectrumPoint {
  readonly wavelength: string;
  readonly reflectance: string;
}

/** What the samples of the narrower types are parts of. */
const WHITE: Readonly<Record<PixelBuffer['sample'], number>> = { uint8: 255, uint16: 65_535, uint32: 1, float32: 1 };

/** One pixel's samples as they are printed: parts of white, or as they are in 32 bits; what is no number is 0. */
export function printReflectances({ data, sample }: PixelBuffer): string[] {
  return Array.from(data, (value) => printFixed(Number.isFinite(value) ? value / WHITE[sample] : 0, 6));
}

/** The XML answer of SPECTRA, in the white space of iipsrv. */
export function spectrumDocument(points: readonly SpectrumPoint[]): string {
  const elements = points.map(
    ({ wavelength, reflectance }) =>
      `\t<point>\n\t\t<wavelength>${escapeXml(wavelength)}</wavelength>\n\t\t<reflectance>${reflectance}</reflectance>\n\t</point>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<spectra>\n${elements.join('')}</spectra>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Control characters have no place in XML, not even escaped. */
function escapeXml(text: string): string {
  return text.replace(/[&<>]|[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, (character) => ENTITIES[character] ?? '\ufffd');
}
