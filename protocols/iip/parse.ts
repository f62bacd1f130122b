import type { Identifier } from '../../image/identifier.ts';
import type { ImageRequest, PageAddress, Rotation } from '../../image/request.ts';
import { decodeLeniently } from '../target.ts';
import { type Command, commandOf, type ImageView, INITIAL_VIEW, type Picture, type View } from './commands.ts';
import { type IipObject, objectOf } from './describe.ts';
import { IipError, type IipFault } from './errors.ts';

/** What an IIP query asks for. */
export type IipRequest =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'picture'; readonly request: ImageRequest; readonly isExport: boolean }
  | {
      readonly kind: 'objects';
      readonly objects: readonly WantedObject[];
      readonly identifier: Identifier | undefined;
      readonly page: PageAddress | undefined;
    };

/** An object as the commands before it leave it. */
export interface WantedObject {
  readonly object: IipObject;
  readonly rotation: Rotation;
}

/** What has been read so far, left to right. */
interface Reading {
  view: View;
  picture?: Picture;
  readonly objects: WantedObject[];
  readonly faults: IipFault[];
}

/**
 * Parses a raw query string. The first command for a picture is answered and nothing else; objects add up where there is
 * none. Unknown names are an error only where no picture makes up for them; malformed arguments always are.
 *
 * @throws IipError, MalformedRequest
 */
export function parseIip(query: string): IipRequest {
  const reading: Reading = { view: INITIAL_VIEW, objects: [], faults: [] };
  const tokens = query.split('&').filter((token) => token !== '');
  for (const token of tokens) readToken(reading, token);
  const { view, picture, objects, faults } = reading;
  if (picture) return { kind: 'picture', request: picture.request, isExport: picture.isExport };
  if (faults.length > 0) throw new IipError(faults);
  if (objects.length > 0) return { kind: 'objects', objects, identifier: view.identifier, page: view.page };
  if (tokens.length === 0) return { kind: 'nothing' };
  throw new IipError([{ code: '2 1', argument: query }]);
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
    case 'image':
      reading.view = { ...reading.view, ...command.read(raw) };
      break;
    case 'modifier':
      reading.view = { ...reading.view, ...command.read(decodeLeniently(raw)) };
      break;
    case 'picture':
      addPicture(reading, command, raw);
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

function addPicture(reading: Reading, command: Extract<Command, { kind: 'picture' }>, raw: string): void {
  const { view, faults } = reading;
  if (!hasImage(view)) {
    faults.push({ code: '1 3', argument: '' });
    return;
  }
  const picture = command.read(decodeLeniently(raw), view);
  reading.picture ??= picture;
}

function hasImage(view: View): view is ImageView {
  return view.identifier !== undefined;
}

function addObject({ view, objects, faults }: Reading, name: string): void {
  const object = objectOf(name);
  if (!object) faults.push({ code: '3 2', argument: name });
  else if (object.isOfImage && !view.identifier) faults.push({ code: '1 3', argument: name });
  else objects.push({ object, rotation: view.rotation });
}
