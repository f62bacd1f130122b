/** Puts what browsers load next to the compiled server: our own files, and the viewer from its package. */
import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const target = new URL('./assets/', import.meta.url);
const source = new URL('../../../server/pages/assets/', import.meta.url);
const viewer = createRequire(import.meta.url).resolve('openseadragon/build/openseadragon/openseadragon.min.js');

mkdirSync(target, { recursive: true });
cpSync(source, target, { recursive: true });
copyFileSync(viewer, new URL('openseadragon.js', target));
