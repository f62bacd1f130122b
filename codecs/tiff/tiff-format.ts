import type { SourceFormat } from '../source-format.ts';
import { isTiff } from './header.ts';
import { openTiff } from './open-tiff.ts';

/** Classic and BigTIFF. */
export const tiff: SourceFormat = { name: 'tiff', recognises: isTiff, open: openTiff };
