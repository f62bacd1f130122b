import { toReadable } from '../../protocols/byte-names.ts';

/** A path with a character for each byte, as names of files need not be UTF-8. */
export type BytePath = string;

const BACKSLASH = '\\';

/** A path of the command line. */
export function toBytePath(text: string): BytePath {
  return Buffer.from(text).toString('latin1');
}

/** The path for the file system. */
export function bytesOfPath(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

/** The path for people, without what would move the cursor of their terminal. */
export function shownPath(path: BytePath): string {
  return toReadable(path).replace(/\p{Cc}/gu, '?');
}

/** The path as a word of a shell's command line. */
export function shellWord(path: BytePath): string {
  const shown = shownPath(path);
  const word = shown.startsWith('-') ? `./${shown}` : shown;
  return /^[\w./:@%+,=\p{L}-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'${BACKSLASH}''`)}'`;
}
