import type { Size } from '../../image/geometry.ts';
import type { Rotation } from '../../image/request.ts';
import type { ImageDescription, LentImage } from '../../image/service.ts';
import type { PageLabel, PixelLayout, SampleRange } from '../../image/source.ts';
import { printGeneral } from './c-numbers.ts';
import { METADATA_OBJECTS } from './describe-metadata.ts';
import { histogramDocument } from './histogram.ts';

/** An object that OBJ can name: the lines it answers with, in the wording that clients search for. */
export type IipObject =
  | { readonly isOfImage: false; readonly lines: readonly string[] }
  | {
      readonly isOfImage: true;
      readonly describe: (image: LentImage, rotation: Rotation) => readonly string[] | Promise<readonly string[]>;
      /** Media type of an answer with this object in it; the last that has one decides. */
      readonly type?: string;
    };

type ObjectOfImage = Extract<IipObject, { isOfImage: true }>;

type NamedObject = readonly [name: string, object: IipObject];

const SERVER = 'IIP-server:3.65';

/** The commands that a server need not have, in the words of iipsrv. */
const OPTIONAL_COMMANDS = 'CVT CNT QLT JTL JTLS WID HEI RGN MINMAX SHD CMP INV CTW';

/** The second angle of views where none is given. */
export const USUAL_ANGLE = 90;

/** Objects that every server has, by the names in their answers. */
const BASIC_OBJECTS: readonly NamedObject[] = [
  [
    'Basic-info',
    ofImage((image, rotation) => [SERVER, maxSize(image, rotation), resolutionNumber(image), colorspace(image)]),
  ],
  ['Max-size', ofImage((image, rotation) => [maxSize(image, rotation)])],
  ['Resolution-number', ofImage((image) => [resolutionNumber(image)])],
];

/** The others that there are, as `IIP-opt-obj` lists them: a new one is an entry here. */
const OPTIONAL_OBJECTS: readonly NamedObject[] = [
  ['Horizontal-views', ofImage((image) => [`Horizontal-views:${horizontalViews(image).join(' ')}`])],
  ['Vertical-views', ofImage(({ views }) => [`Vertical-views:${(views?.vertical ?? [USUAL_ANGLE]).join(' ')}`])],
  ['Tile-size', ofImage(({ levels: [full] }) => [`Tile-size:${pair(full.tile)}`])],
  ['Bits-per-channel', ofImage(({ layout }) => [`Bits-per-channel:${layout.bitsPerSample}`])],
  ['Min-Max-sample-values', ofSamples(async (image) => [minMax(await image.ranges())])],
  ['Resolutions', ofImage(({ levels }) => [`Resolutions:${levels.map(pair).reverse().join(',')}`])],
];

/** Objects that only some images have, and that nobody lists. */
const RARE_OBJECTS: readonly NamedObject[] = [
  ['stack', { ...ofImage(({ stack }) => (stack ? [stackList(stack)] : [])), type: 'application/json' }],
  ['Histogram', { ...ofSamples(async (image) => [await histogramDocument(image)]), type: 'application/json' }],
];

/** What the server says of itself. */
const SERVER_OBJECTS: readonly NamedObject[] = [
  ['IIP-server', constant(SERVER)],
  ['IIP-opt-comm', constant(`IIP-opt-comm:${OPTIONAL_COMMANDS}`)],
  ['IIP-opt-obj', constant(`IIP-opt-obj:${OPTIONAL_OBJECTS.map(([name]) => name).join(' ')}`)],
];

const METADATA: readonly NamedObject[] = METADATA_OBJECTS.map(({ name, type, lines }) => [
  name,
  { ...ofImage(({ metadata }) => lines(metadata)), ...(type && { type }) },
]);

const OBJECTS_BY_NAME: ReadonlyMap<string, IipObject> = new Map(
  [...SERVER_OBJECTS, ...BASIC_OBJECTS, ...OPTIONAL_OBJECTS, ...RARE_OBJECTS, ...METADATA].map(([name, object]) => [
    name.toLowerCase(),
    object,
  ]),
);

/** Asked for by `IIP,1.0`, whatever the number: the answer is a header. */
const HANDSHAKE: IipObject = constant();
const COLORSPACE: IipObject = ofImage((image) => [colorspace(image)]);

/**
 * The object of a name.
 *
 * @param name - in lower case
 */
export function objectOf(name: string): IipObject | undefined {
  if (name.startsWith('iip,')) return HANDSHAKE;
  return name.includes('colorspace') ? COLORSPACE : OBJECTS_BY_NAME.get(name);
}

/** Whether the client wants to be told which IIP it is talking to. */
export function isHandshake(object: IipObject): boolean {
  return object === HANDSHAKE;
}

function constant(...lines: readonly string[]): IipObject {
  return { isOfImage: false, lines };
}

function ofImage(describe: (image: ImageDescription, rotation: Rotation) => readonly string[]): ObjectOfImage {
  return ofSamples(({ description }, rotation) => describe(description, rotation));
}

function ofSamples(describe: ObjectOfImage['describe']): ObjectOfImage {
  return { isOfImage: true, describe };
}

function pair({ width, height }: Size): string {
  return `${width} ${height}`;
}

function maxSize({ levels: [full] }: ImageDescription, { degrees }: Rotation): string {
  const isSideways = degrees === 90 || degrees === 270;
  return `Max-size:${isSideways ? `${full.height} ${full.width}` : pair(full)}`;
}

function resolutionNumber({ levels }: ImageDescription): string {
  return `Resolution-number:${levels.length}`;
}

/** The range of each band; clients search for the blanks as they are. */
function minMax(ranges: readonly SampleRange[]): string {
  const parts = ranges.map(({ min, max }) => ` ${printGeneral(min, 9)}  ${printGeneral(max, 9)}`);
  return `Min-Max-sample-values:${parts.join(' ')}`;
}

/** Range of resolutions, then whether calibrated, colour space and planes. */
function colorspace({ levels, layout }: ImageDescription): string {
  return `Colorspace,0-${levels.length - 1},0:${planes(layout)}`;
}

/** Black and white counts as colour. */
function planes({ photometric, bitsPerSample }: PixelLayout): string {
  if (photometric === 'cielab') return '1 0 4 3 0 1 2';
  return photometric === 'gray' && bitsPerSample > 1 ? '0 0 1 1 0' : '0 0 3 3 0 1 2';
}

/** The first angles of a sequence, or the numbers of the pages. */
function horizontalViews({ views, stack }: ImageDescription): readonly number[] {
  return views?.horizontal ?? (stack ?? [undefined]).map((_, index) => index);
}

/** In the white space of iipsrv, for clients that are particular about it. */
function stackList(stack: readonly PageLabel[]): string {
  const layers = stack.map(({ name, scale }, id) => {
    const members = [['id', id] as const, ['name', name] as const, ['scale', Number(scale.toPrecision(9))] as const];
    return `\t{\n${members.map(([key, value]) => `\t\t"${key}": ${JSON.stringify(value)}`).join(',\n')}\n\t}`;
  });
  return `[ \n${layers.join(',\n')}\n]`;
}
