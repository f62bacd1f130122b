import type { UnitRect } from '../../image/geometry.ts';
import { type Identifier, parseIdentifier } from '../../image/identifier.ts';
import {
  type FormatName,
  type ImageRequest,
  type PageAddress,
  type Rotation,
  type Scale,
  UPRIGHT,
} from '../../image/request.ts';
import { decodeLeniently } from '../target.ts';
import {
  type Encoding,
  formatOf,
  parseEncoding,
  parseFormatName,
  parsePage,
  parseRegion,
  parseRotation,
  parseSide,
  parseTile,
  parseViewTile,
} from './arguments.ts';

/** What the commands to the left have settled. */
export interface View {
  readonly identifier?: Identifier;
  readonly page?: PageAddress;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly part?: UnitRect;
  readonly rotation: Rotation;
  readonly encoding: Encoding;
}

/** Before the first command. */
export const INITIAL_VIEW: View = { rotation: UPRIGHT, encoding: {} };

/** A view that has an image to look at. */
export type ImageView = View & { readonly identifier: Identifier };

/** What a command for a picture comes to. */
export interface Picture {
  readonly request: ImageRequest;
  /** Exports are given a file name. */
  readonly isExport: boolean;
}

/** One IIP command; its argument comes percent-decoded unless it says otherwise. */
export type Command = { readonly name: string } & (
  | { readonly kind: 'modifier'; readonly read: (argument: string) => Partial<View> }
  | { readonly kind: 'picture'; readonly read: (argument: string, view: ImageView) => Picture }
  | { readonly kind: 'image'; readonly read: (raw: string) => Partial<View> }
  | { readonly kind: 'object' | 'ignored' }
);

/** All commands there are, by their names in lower case: a new one is an entry here. */
const COMMANDS: readonly Command[] = [
  { name: 'fif', kind: 'image', read: (raw) => ({ identifier: identifierOf(raw) }) },
  { name: 'obj', kind: 'object' },
  { name: 'cvt', kind: 'picture', read: (argument, view) => exportOf(parseFormatName(argument), view) },
  { name: 'jtl', kind: 'picture', read: (argument, view) => tileOf(argument, 'JTL', 'jpeg', view) },
  { name: 'ptl', kind: 'picture', read: (argument, view) => tileOf(argument, 'PTL', 'png', view) },
  { name: 'wtl', kind: 'picture', read: (argument, view) => tileOf(argument, 'WTL', 'webp', view) },
  { name: 'atl', kind: 'picture', read: (argument, view) => tileOf(argument, 'ATL', 'avif', view) },
  { name: 'ttl', kind: 'picture', read: (argument, view) => tileOf(argument, 'TTL', 'tiff', view) },
  { name: 'jtls', kind: 'picture', read: (argument, view) => tileOfView(argument, view) },
  { name: 'sds', kind: 'modifier', read: (argument) => ({ page: parsePage(argument) }) },
  { name: 'wid', kind: 'modifier', read: (argument) => ({ width: parseSide(argument, 'WID') }) },
  { name: 'hei', kind: 'modifier', read: (argument) => ({ height: parseSide(argument, 'HEI') }) },
  { name: 'rgn', kind: 'modifier', read: (argument) => ({ part: parseRegion(argument) }) },
  { name: 'rot', kind: 'modifier', read: (argument) => ({ rotation: parseRotation(argument) }) },
  { name: 'qlt', kind: 'modifier', read: (argument) => ({ encoding: parseEncoding(argument) }) },
  // Profiles are embedded by configuration; the command has never done anything.
  { name: 'icc', kind: 'ignored' },
];

const BY_NAME: ReadonlyMap<string, Command> = new Map(COMMANDS.map((command) => [command.name, command]));

/** The commands that a server need not have, as `IIP-opt-comm` lists them. */
export const OPTIONAL_COMMANDS: readonly string[] = COMMANDS.filter(
  ({ kind }) => kind === 'picture' || kind === 'modifier',
).map(({ name }) => name.toUpperCase());

/** The command of a name in any case; undefined where there is none. */
export function commandOf(name: string): Command | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** In paths, and only there, `+` is a space. */
function identifierOf(raw: string): Identifier {
  return parseIdentifier(decodeLeniently(raw.replaceAll('+', ' ')));
}

function tileOf(argument: string, command: string, type: FormatName, view: ImageView): Picture {
  const request: ImageRequest = {
    ...imageOf(view),
    region: { kind: 'tile', tile: { grid: 'stored', ...parseTile(argument, command) } },
    scale: { kind: 'max' },
    upscale: false,
    oversize: 'reduce',
    rotation: view.rotation,
    quality: 'default',
    format: formatOf(type, view.encoding),
  };
  return { request, isExport: false };
}

/** JTLS, older than SDS: view and tile in one. */
function tileOfView(argument: string, view: ImageView): Picture {
  const { page, tile } = parseViewTile(argument);
  return tileOf(tile, 'JTLS', 'jpeg', { ...view, page });
}

function imageOf({ identifier, page }: ImageView): Pick<ImageRequest, 'identifier' | 'page'> {
  return page ? { identifier, page } : { identifier };
}

/** Without a size the region goes out at its own, hence no leave to enlarge it: `max` would take it to the limits. */
function exportOf(type: FormatName, view: ImageView): Picture {
  const scale = scaleOf(view);
  const request: ImageRequest = {
    ...imageOf(view),
    region: view.part ? { kind: 'fraction', part: view.part } : { kind: 'full' },
    scale,
    upscale: scale.kind !== 'max',
    oversize: 'reduce',
    rotation: view.rotation,
    quality: 'default',
    format: formatOf(type, view.encoding),
  };
  return { request, isExport: true };
}

function scaleOf({ width, height }: View): Scale {
  if (width && height) return { kind: 'fit', within: { width, height } };
  if (width) return { kind: 'width', pixels: width };
  return height ? { kind: 'height', pixels: height } : { kind: 'max' };
}
