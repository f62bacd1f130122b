import { MalformedRequest } from '../../image/errors.ts';
import { gridOf, type Rect } from '../../image/geometry.ts';
import type { ImageDescription } from '../../image/service.ts';
import type { Level } from '../../image/source.ts';
import { cellWindow, storedCell, storedLevel } from '../../image/stored-tiles.ts';
import type { Descriptor } from '../reply.ts';
import type { DataRequest } from './data-requests.ts';
import { eachView, type Question } from './each-view.ts';
import { printReflectances, spectrumDocument } from './spectrum.ts';

type SpectrumRequest = Extract<DataRequest, { kind: 'spectrum' }>;

/**
 * One pixel's samples, of all views.
 *
 * @throws MalformedRequest, TileNotFound, and what reading throws
 */
export async function answerSpectrum(request: SpectrumRequest, question: Question): Promise<Descriptor> {
  const { parts, lastModified } = await eachView(question, async (image, { name }) => {
    const { level, window } = placeOf(request, image.description);
    const reflectances = await image.readSamples(level, window, printReflectances);
    return reflectances.map((reflectance, band) => ({
      wavelength: wavelengthOf(name, band, reflectances.length),
      reflectance,
    }));
  });
  return { type: 'application/xml', body: spectrumDocument(parts.flat()), lastModified };
}

/** A view's name; where there is one view only the number of the band, and both where there are several of both. */
function wavelengthOf(name: string | undefined, band: number, bands: number): string {
  if (name === undefined) return String(band);
  return bands === 1 ? name : `${name}:${band}`;
}

function placeOf({ tile, at }: SpectrumRequest, { levels }: ImageDescription): { level: Level; window: Rect } {
  const level = storedLevel(levels, tile.level);
  const cell = cellWindow(storedCell(tile.index, gridOf(level, level.tile)), level);
  if (at.x >= cell.width || at.y >= cell.height) {
    throw new MalformedRequest(
      'SPECTRA',
      `${at.x},${at.y}`,
      `x,y inside the tile, which is ${cell.width} x ${cell.height}`,
    );
  }
  return { level, window: { x: cell.x + at.x, y: cell.y + at.y, width: 1, height: 1 } };
}
