import { parseIdentifier } from '../../image/identifier.ts';
import type { Operations } from '../../image/operations.ts';
import type { FormatName } from '../../image/request.ts';
import {
  parseDepth,
  parseEncoding,
  parseFormatName,
  parseLayers,
  parsePage,
  parseRegion,
  parseRotation,
  parseSide,
  parseTile,
  parseViewTile,
} from './arguments.ts';
import { type DataRequest, parseProfile, parseSpectrum, parseTileRange } from './data-requests.ts';
import {
  parseColourMap,
  parseContrast,
  parseGamma,
  parseHillshade,
  parseKernel,
  parseQuality,
  parseRange,
  parseTwist,
} from './operations.ts';
import { exportOf, type Picture, tileOf } from './pictures.ts';
import type { ImageView, View } from './view.ts';

/** One IIP command; its argument comes percent-decoded unless it says otherwise. */
export type Command = { readonly name: string } & (
  | {
      readonly kind: 'modifier';
      readonly read: (argument: string, view: View) => Partial<View>;
      /** Whether `+` is a space in its argument. */
      readonly hasSpaces?: true;
      /** Whether other protocols say the same in their own words, so that it cannot stand before them. */
      readonly isOnlyOurs?: true;
    }
  | { readonly kind: 'picture'; readonly read: (argument: string, view: ImageView) => Picture }
  | { readonly kind: 'data'; readonly read: (argument: string) => DataRequest }
  | { readonly kind: 'object' | 'ignored' }
);

type ReadOperations = (argument: string, earlier?: Operations) => Operations;

/** All commands there are, by their names in lower case: a new one is an entry here. */
const COMMANDS: readonly Command[] = [
  {
    name: 'fif',
    kind: 'modifier',
    hasSpaces: true,
    isOnlyOurs: true,
    read: (path) => ({ identifier: parseIdentifier(path) }),
  },
  { name: 'obj', kind: 'object' },
  { name: 'cvt', kind: 'picture', read: (argument, view) => exportOf(parseFormatName(argument), view) },
  tile('jtl', 'jpeg'),
  tile('ptl', 'png'),
  tile('wtl', 'webp'),
  tile('atl', 'avif'),
  tile('ttl', 'tiff'),
  { name: 'jtls', kind: 'picture', read: tileOfView },
  { name: 'til', kind: 'data', read: parseTileRange },
  { name: 'pfl', kind: 'data', read: parseProfile },
  { name: 'spectra', kind: 'data', read: parseSpectrum },
  { name: 'sds', kind: 'modifier', read: (argument) => ({ page: parsePage(argument) }) },
  { name: 'lyr', kind: 'modifier', read: (argument) => ({ layers: parseLayers(argument) }) },
  { name: 'wid', kind: 'modifier', isOnlyOurs: true, read: (argument) => ({ width: parseSide(argument, 'WID') }) },
  { name: 'hei', kind: 'modifier', isOnlyOurs: true, read: (argument) => ({ height: parseSide(argument, 'HEI') }) },
  { name: 'rgn', kind: 'modifier', isOnlyOurs: true, read: (argument) => ({ part: parseRegion(argument) }) },
  { name: 'rot', kind: 'modifier', isOnlyOurs: true, read: (argument) => ({ rotation: parseRotation(argument) }) },
  { name: 'qlt', kind: 'modifier', read: (argument) => ({ encoding: parseEncoding(argument) }) },
  { name: 'dpt', kind: 'modifier', read: (argument) => ({ depth: parseDepth(argument) }) },
  { name: 'col', kind: 'modifier', read: (argument) => ({ quality: parseQuality(argument) }) },
  operation('minmax', parseRange),
  operation('shd', parseHillshade),
  { ...operation('ctw', parseTwist), hasSpaces: true },
  operation('gam', parseGamma),
  operation('inv', () => ({ invert: true })),
  operation('cmp', parseColourMap),
  { ...operation('cnv', parseKernel), hasSpaces: true },
  operation('cnt', parseContrast),
  // Profiles are embedded by configuration; the command has never done anything.
  { name: 'icc', kind: 'ignored' },
];

const BY_NAME: ReadonlyMap<string, Command> = new Map(COMMANDS.map((command) => [command.name, command]));

/** The command of a name in any case; undefined where there is none. */
export function commandOf(name: string): Command | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** Whether a command may stand before the request of another protocol, whose picture it changes. */
export function isAddition(command: Command): boolean {
  return command.kind === 'ignored' || (command.kind === 'modifier' && !command.isOnlyOurs);
}

/** All that may, by name. */
export const ADDITIONS: readonly string[] = COMMANDS.filter(isAddition).map(({ name }) => name.toUpperCase());

function tile(name: string, type: FormatName): Command {
  return {
    name,
    kind: 'picture',
    read: (argument, view) => tileOf(parseTile(argument, name.toUpperCase()), type, view),
  };
}

/** JTLS, older than SDS: view and tile in one. */
function tileOfView(argument: string, view: ImageView): Picture {
  const { page, tile: number } = parseViewTile(argument);
  return tileOf(number, 'jpeg', { ...view, page });
}

/** Something done to samples; what the last command of its name said is handed to the next. */
function operation(name: string, read: ReadOperations): Extract<Command, { kind: 'modifier' }> {
  return {
    name,
    kind: 'modifier',
    read: (argument, { operations }) => ({
      operations: { ...operations, [name]: read(argument, operations[name]) },
    }),
  };
}
