/** Puts WebAssembly modules next to the compiled files that load them, and the licences of what they are made of. */
import { cpSync, readdirSync } from 'node:fs';

const compiled = new URL('./', import.meta.url);
const sources = new URL('../../codecs/', import.meta.url);

for (const path of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
  if (/\.wasm$|licences\/[^/]*\.txt$/.test(path)) cpSync(new URL(path, sources), new URL(path, compiled));
}
