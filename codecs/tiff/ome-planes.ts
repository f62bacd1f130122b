import type { Size } from '../../image/geometry.ts';

/** A plane of an OME series and the top-level directory that it is stored in, counted from 0. */
export interface OmePlane {
  readonly directory: number;
  readonly name: string;
}

/** The first series of a file. */
export interface OmeSeries {
  readonly size: Size;
  /** In the order of its dimensions; those that lie in other files are left out. */
  readonly planes: readonly OmePlane[];
}

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** What follows the tag, up to the next. */
  readonly text: string;
}

type Axis = 'Z' | 'C' | 'T';
type Extent = Readonly<Record<Axis, number>>;

interface Pixels {
  readonly size: Size;
  readonly extent: Extent;
  /** Fastest first. */
  readonly order: readonly Axis[];
}

/** More planes than a file may have directories. */
const MOST_PLANES = 65_536;
const DIMENSION_ORDER = /^XY(?:ZCT|ZTC|CZT|CTZ|TZC|TCZ)$/;

/** Start tags, each attribute quoted; whatever is written otherwise is no OME-XML that we follow. */
const TAG =
  /<(?:[A-Za-z][\w.-]*:)?(?<name>[A-Za-z]\w*)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*\/?>(?<text>[^<]*)/g;
const ATTRIBUTE = /(?<name>[\w:.-]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/g;

/**
 * Reads from the OME-XML of an ImageDescription which directory holds which plane of the first series; undefined where
 * it is none, or does not say.
 *
 * @see https://docs.openmicroscopy.org/ome-model/latest/ome-tiff/specification.html
 */
export function readOmePlanes(xml: string): OmeSeries | undefined {
  if (!/<(?:\w+:)?OME[\s>]/.test(xml)) return undefined;
  const elements = firstSeries([...withoutComments(xml).matchAll(TAG)].map(elementOf));
  const pixels = pixelsOf(elements);
  if (!pixels) return undefined;
  const directories = directoriesOf(elements, pixels);
  if (!directories) return undefined;
  const channels = elements.filter(({ name }) => name === 'Channel').map(({ attributes }) => attributes.get('Name'));
  const planes = [...directories]
    .sort(([a], [b]) => a - b)
    .map(([plane, directory]) => ({ directory, name: nameOf(coordinatesOf(plane, pixels), pixels.extent, channels) }));
  return { size: pixels.size, planes };
}

/** Not by a pattern: comments that are never closed would be sought again from each beginning. */
function withoutComments(xml: string): string {
  const parts = xml.split('<!--');
  const [before = '', ...rest] = parts;
  return (
    before + rest.map((part) => part.slice(part.indexOf('-->') < 0 ? part.length : part.indexOf('-->') + 3)).join('')
  );
}

function elementOf({ groups }: RegExpMatchArray): Element {
  const attributes = [...(groups?.attributes ?? '').matchAll(ATTRIBUTE)].map(
    ({ groups: pair }) => [pair?.name ?? '', withoutEntities(pair?.double ?? pair?.single ?? '')] as const,
  );
  return { name: groups?.name ?? '', attributes: new Map(attributes), text: groups?.text ?? '' };
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function withoutEntities(text: string): string {
  return text.replace(/&(\w+);/g, (entity, name: string) => ENTITIES.get(name) ?? entity);
}

/** The root and everything of its first Image. */
function firstSeries(elements: readonly Element[]): readonly Element[] {
  const images = elements.flatMap(({ name }, index) => (name === 'Image' ? [index] : []));
  return elements.slice(0, images[1]);
}

function pixelsOf(elements: readonly Element[]): Pixels | undefined {
  const pixels = elements.find(({ name }) => name === 'Pixels');
  const order = pixels?.attributes.get('DimensionOrder') ?? '';
  if (!pixels || !DIMENSION_ORDER.test(order)) return undefined;
  const [width, height, z, c, t] = ['SizeX', 'SizeY', 'SizeZ', 'SizeC', 'SizeT'].map((name) => count(pixels, name, 0));
  if (!width || !height || !z || !c || !t) return undefined;
  // A channel of several samples, such as RGB, is one plane.
  const channels = elements.filter(({ name }) => name === 'Channel').length;
  const extent = { Z: z, C: channels > 0 ? channels : c, T: t };
  if (extent.Z * extent.C * extent.T > MOST_PLANES) return undefined;
  return { size: { width, height }, extent, order: [...order.slice(2)].flatMap(axisOf) };
}

function axisOf(letter: string): Axis[] {
  return letter === 'Z' || letter === 'C' || letter === 'T' ? [letter] : [];
}

/** The directory of each plane of this file, by the place of the plane in the order of the dimensions. */
function directoriesOf(elements: readonly Element[], pixels: Pixels): ReadonlyMap<number, number> | undefined {
  const { Z, C, T } = pixels.extent;
  const total = Z * C * T;
  const own = elements.find(({ name }) => name === 'OME')?.attributes.get('UUID');
  const directories = new Map<number, number>();
  const blocks = elements.flatMap((element, index) => (element.name === 'TiffData' ? [{ element, index }] : []));
  if (blocks.length === 0) for (let plane = 0; plane < total; plane++) directories.set(plane, plane);
  for (const { element, index } of blocks) {
    const next = elements[index + 1];
    const isElsewhere = next?.name === 'UUID' && own !== undefined && next.text.trim() !== own;
    const block = blockOf(element, pixels, total);
    if (!block) return undefined;
    for (let step = 0; step < block.length && !isElsewhere; step++) {
      directories.set(block.plane + step, block.directory + step);
    }
  }
  return directories;
}

interface Block {
  readonly plane: number;
  readonly directory: number;
  readonly length: number;
}

function blockOf(element: Element, { extent, order }: Pixels, total: number): Block | undefined {
  const start = { Z: count(element, 'FirstZ', 0), C: count(element, 'FirstC', 0), T: count(element, 'FirstT', 0) };
  const directory = count(element, 'IFD', 0);
  const plane = order.reduceRight((sum, axis) => sum * extent[axis] + start[axis], 0);
  const length = count(element, 'PlaneCount', element.attributes.has('IFD') ? 1 : total - plane);
  return plane + length <= total && directory < MOST_PLANES ? { plane, directory, length } : undefined;
}

/** A whole number of at most seven digits; NaN for anything else, which no comparison lets pass. */
function count({ attributes }: Element, name: string, fallback: number): number {
  const text = attributes.get(name);
  if (text === undefined) return fallback;
  return /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
}

function coordinatesOf(plane: number, { extent, order }: Pixels): Extent {
  const place = { Z: 0, C: 0, T: 0 };
  let rest = plane;
  for (const axis of order) {
    place[axis] = rest % extent[axis];
    rest = Math.floor(rest / extent[axis]);
  }
  return place;
}

/** The channel, where it has a name or there are several, then the places on the other axes that there are. */
function nameOf(place: Extent, extent: Extent, channels: readonly (string | undefined)[]): string {
  const channel = channels[place.C] ?? (extent.C > 1 ? `channel ${place.C}` : undefined);
  const depth = extent.Z > 1 ? `z ${place.Z}` : undefined;
  const time = extent.T > 1 ? `t ${place.T}` : undefined;
  return [channel, depth, time].filter((part) => part !== undefined).join(', ');
}
