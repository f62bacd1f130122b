import { createRequire } from 'node:module';

/** The libjpeg-turbo binding. */
export type Turbo = typeof import('@julusian/jpeg-turbo');

/** The binding, or undefined where it is not installed or has no binary for this machine: sharp then does its work. */
export function loadTurbo(): Turbo | undefined {
  try {
    return createRequire(import.meta.url)('@julusian/jpeg-turbo');
  } catch {
    return undefined;
  }
}

/** The same bytes as the kind of view that native bindings take. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
