import type { Identifier } from '../../image/identifier.ts';
import type { ImageRequest, Rotation } from '../../image/request.ts';
import { decodeLeniently } from '../target.ts';
import { commandOf, INITIAL_VIEW, type Picture, type View } from './commands.ts';
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
    };

/** An object as the commands before it leave it. */
export interface WantedObject {
  readonly object: IipObject;
  readonly rotation: Rotation;
}

/** What has been read so far, left to right. */
interface Reading {
  readonly view: View;
  readonly picture?: Picture & { readonly identifier: Identifier };
  readonly objects: readonly WantedObject[];
  readonly faults: readonly IipFault[];
}

/**
 * Parses a raw query string. The first command for a picture is answered and nothing else; objects add up where there is
 * none. Unknown names are an error only where no picture makes up for them; malformed arguments always are.
 *
 * @throws IipError, MalformedRequest
 */
export function parseIip(query: string): IipRequest {
  const tokens = query.split('&').filter((token) => token !== '');
  if (tokens.length === 0) return { kind: 'nothing' };
  const { view, picture, objects, faults } = tokens.reduce(readToken, { view: INITIAL_VIEW, objects: [], faults: [] });
  if (picture) {
    const { isExport, ...request } = picture;
    return { kind: 'picture', request, isExport };
  }
  if (faults.length > 0) throw new IipError(faults);
  if (objects.length === 0) throw new IipError([{ code: '2 1', argument: query }]);
  return { kind: 'objects', objects, identifier: view.identifier };
}

/** A token without `=` is name and value at once. One with nothing behind it is not there at all. */
function readToken(reading: Reading, token: string): Reading {
  const equals = token.indexOf('=');
  const name = equals < 0 ? token : token.slice(0, equals);
  const value = equals < 0 ? token : token.slice(equals + 1);
  return value === '' ? reading : readCommand(reading, name, value);
}

function readCommand(reading: Reading, name: string, raw: string): Reading {
  const command = commandOf(name);
  if (!command) return withFault(reading, { code: '2 2', argument: name });
  const { view } = reading;
  switch (command.kind) {
    case 'image':
      return { ...reading, view: { ...view, ...command.read(raw) } };
    case 'modifier':
      return { ...reading, view: { ...view, ...command.read(decodeLeniently(raw)) } };
    case 'picture':
      return withPicture(reading, command.read(decodeLeniently(raw), view));
    case 'object':
      return withObject(reading, decodeLeniently(raw).toLowerCase());
  }
}

function withPicture(reading: Reading, picture: Picture): Reading {
  const { identifier } = reading.view;
  if (reading.picture) return reading;
  return identifier
    ? { ...reading, picture: { ...picture, identifier } }
    : withFault(reading, { code: '1 3', argument: '' });
}

function withObject(reading: Reading, name: string): Reading {
  const object = objectOf(name);
  if (!object) return withFault(reading, { code: '3 2', argument: name });
  const { identifier, rotation } = reading.view;
  if (object.isOfImage && !identifier) return withFault(reading, { code: '1 3', argument: name });
  return { ...reading, objects: [...reading.objects, { object, rotation }] };
}

function withFault(reading: Reading, fault: IipFault): Reading {
  return { ...reading, faults: [...reading.faults, fault] };
}
