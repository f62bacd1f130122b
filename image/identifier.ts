import { MalformedRequest } from './errors.ts';

declare const brand: unique symbol;

/**
 * The public name of an image: its path below a root, as bytes.
 *
 * File names are bytes, not text, so each character here stands for one byte (Latin-1); `identifierBytes` turns it back.
 */
export type Identifier = string & { readonly [brand]: 'Identifier' };

/**
 * Accepts a path whose percent-encoding has been undone, each character one byte.
 *
 * @throws MalformedRequest when it is empty, has control characters, backslashes, characters that are no byte, or a `.` or `..` segment
 */
export function parseIdentifier(path: string): Identifier {
  if (path === '' || hasForbiddenCharacter(path) || path.includes('\\') || hasDotSegment(path)) {
    throw new MalformedRequest(
      'identifier',
      path,
      'the path of an image without control characters, "\\", "." or ".."',
    );
  }
  return path as Identifier;
}

/** The bytes of the name, for the file system. */
export function identifierBytes(identifier: Identifier): Uint8Array {
  return Uint8Array.from(identifier, (character) => character.charCodeAt(0));
}

/** Above 0xff a character stands for no byte, and cut to one it could turn into a dot or a slash. */
function hasForbiddenCharacter(path: string): boolean {
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index);
    if (code < 0x20 || code === 0x7f || code > 0xff) return true;
  }
  return false;
}

function hasDotSegment(path: string): boolean {
  return path.includes('.') && path.split('/').some((segment) => segment === '.' || segment === '..');
}
