/** Puts what browsers load next to the compiled server: our own files, and the viewers from their packages. */
import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const target = new URL('./assets/', import.meta.url);
const source = new URL('../../../server/pages/assets/', import.meta.url);
const { resolve } = createRequire(import.meta.url);
const viewers = [
  ['openseadragon/build/openseadragon/openseadragon.min.js', 'openseadragon.js'],
  ['mirador', 'mirador.js'], // one file with all that it depends on
] as const;

mkdirSync(target, { recursive: true });
cpSync(source, target, { recursive: true });
for (const [path, name] of viewers) copyFileSync(resolve(path), new URL(name, target));
