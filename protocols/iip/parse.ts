import { MalformedRequest } from '../../image/errors.ts';
import { decodeLeniently } from '../target.ts';
import { ADDITIONS, type Command, commandOf, isAddition } from './commands.ts';
import type { DataRequest } from './data-requests.ts';
import { type IipObject, objectOf } from './describe.ts';
import { IipError, type IipFault } from './errors.ts';
import type { Picture } from './pictures.ts';
import { hasImage, type ImageView, INITIAL_VIEW, type View } from './view.ts';

/** What an IIP query asks for. */
export type IipRequest =
  | { readonly kind: 'nothing' }
  | ({ readonly kind: 'picture' } & Picture)
  | { readonly kind: 'data'; readonly data: DataRequest; readonly view: ImageView }
  | { readonly kind: 'objects'; readonly objects: readonly WantedObject[] };

/** An object as the commands before it leave it. */
export type WantedObject =
  | { readonly object: Extract<IipObject, { isOfImage: false }> }
  | { readonly object: Extract<IipObject, { isOfImage: true }>; readonly view: ImageView };

/** A query has about ten; one that lists every object there is has thirty. */
const MOST_COMMANDS = 256;

/** What has been read so far, left to right. */
interface Reading {
  view: View;
  /** The first picture, or whatever else is answered alone. */
  first?: Extract<IipRequest, { kind: 'picture' | 'data' }>;
  readonly objects: WantedObject[];
  readonly faults: IipFault[];
}

/**
 * Parses a raw query string. The first command for a picture or for samples is answered and nothing else; objects add up
 * where there is none. Unknown names are an error only where no picture makes up for them; malformed arguments always
 * are.
 *
 * @throws IipError, MalformedRequest
 */
export function parseIip(query: string): IipRequest {
  const reading: Reading = { view: INITIAL_VIEW, objects: [], faults: [] };
  const tokens = tokensOf(query);
  for (const token of tokens) readToken(reading, token);
  const { first, objects, faults } = reading;
  if (first) return first;
  if (faults.length > 0) throw new IipError(faults);
  if (objects.length > 0) return { kind: 'objects', objects };
  if (tokens.length === 0) return { kind: 'nothing' };
  throw new IipError([{ code: '2 1', argument: query }]);
}

/**
 * What the commands before the request of another protocol come to; unknown names do nothing.
 *
 * @throws MalformedRequest also for a command that would do nothing
 */
export function parseAdditions(query: string): View {
  const reading: Reading = { view: INITIAL_VIEW, objects: [], faults: [] };
  for (const token of tokensOf(query)) {
    const command = commandOf(token.split('=', 1)[0] ?? '');
    if (command && !isAddition(command)) {
      const expected = `only ${ADDITIONS.join(', ')} before the request of another protocol`;
      throw new MalformedRequest(command.name.toUpperCase(), token, expected);
    }
    readToken(reading, token);
  }
  return reading.view;
}

/** @throws MalformedRequest */
function tokensOf(query: string): string[] {
  const tokens = query.split('&').filter((token) => token !== '');
  if (tokens.length > MOST_COMMANDS) throw new MalformedRequest('query', query, `at most ${MOST_COMMANDS} commands`);
  return tokens;
}

/** A token without `=` is name and value at once. One with nothing behind it is not there at all. */
function readToken(reading: Reading, token: string): void {
  const equals = token.indexOf('=');
  const name = equals < 0 ? token : token.slice(0, equals);
  const value = equals < 0 ? token : token.slice(equals + 1);
  if (value !== '') readCommand(reading, name, value);
}

function readCommand(reading: Reading, name: string, raw: string): void {
  const command = commandOf(name);
  switch (command?.kind) {
    case 'modifier': {
      const argument = decodeLeniently(command.hasSpaces ? raw.replaceAll('+', ' ') : raw);
      // A literal of two spreads takes the engine seven times as long.
      reading.view = Object.assign({}, reading.view, command.read(argument, reading.view));
      break;
    }
    case 'picture':
    case 'data':
      addAnswer(reading, command, raw);
      break;
    case 'object':
      addObject(reading, decodeLeniently(raw).toLowerCase());
      break;
    case 'ignored':
      break;
    case undefined:
      reading.faults.push({ code: '2 2', argument: name });
  }
}

function addAnswer(reading: Reading, command: Extract<Command, { kind: 'picture' | 'data' }>, raw: string): void {
  const { view, faults } = reading;
  if (!hasImage(view)) {
    faults.push({ code: '1 3', argument: '' });
    return;
  }
  const argument = decodeLeniently(raw);
  const answer: Reading['first'] =
    command.kind === 'picture'
      ? { kind: 'picture', ...command.read(argument, view) }
      : { kind: 'data', data: command.read(argument), view };
  reading.first ??= answer;
}

function addObject({ view, objects, faults }: Reading, name: string): void {
  const object = objectOf(name);
  if (!object) faults.push({ code: '3 2', argument: name });
  else if (!object.isOfImage) objects.push({ object });
  else if (hasImage(view)) objects.push({ object, view });
  else faults.push({ code: '1 3', argument: name });
}
