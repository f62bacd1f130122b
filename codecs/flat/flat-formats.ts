import type { SourceFormat } from '../source-format.ts';
import { openFlat } from './open-flat.ts';

/** Enough for every signature. */
const SIGNATURE_LENGTH = 16;

/** By the bytes that files begin with, as hexadecimal digits. */
const SIGNATURES = [
  ['jpeg', /^ffd8ff/],
  ['png', /^89504e470d0a1a0a/],
  ['gif', /^47494638(?:37|39)61/],
  ['webp', /^52494646.{8}57454250/],
  ['avif', /^.{8}66747970(?:61766966|61766973)/],
] as const;

/** The formats whose files hold a picture as a whole, in one resolution. */
export type FlatFormat = (typeof SIGNATURES)[number][0];

/** Kinds of files with pictures of one resolution. */
export const FLAT_FORMATS: readonly SourceFormat[] = SIGNATURES.map(([name, signature]) => ({
  name,
  isRisky: true,
  recognises: (head) => signature.test(Buffer.from(head.subarray(0, SIGNATURE_LENGTH)).toString('hex')),
  open: (bytes, tools, head) => openFlat({ format: name, bytes, head }, tools),
}));
