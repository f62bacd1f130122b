import { createRequire } from 'node:module';
import type * as Binding from '@julusian/jpeg-turbo';

/** The libjpeg-turbo binding: three to six times faster than sharp on tiles, but not available on every machine. */
export type Turbo = Omit<typeof Binding, 'default'>;

/** The binding, or undefined where it is not installed or has no binary for this machine: sharp then does its work. */
export function loadTurbo(): Turbo | undefined {
  try {
    const binding: Turbo = createRequire(import.meta.url)('@julusian/jpeg-turbo');
    return binding;
  } catch {
    return undefined;
  }
}

/** Up to here the work is done at once on the calling thread: handing it to another costs a quarter of it. */
export const LARGEST_SYNCHRONOUS_PIXELS = 512 * 512;

/** The same bytes as the kind of view that native bindings take. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
