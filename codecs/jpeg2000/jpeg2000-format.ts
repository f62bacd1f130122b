import type { SourceFormat } from '../source-format.ts';
import { isJpeg2000 } from './boxes.ts';
import { openJpeg2000 } from './open-jpeg2000.ts';

/** JP2, JPX, JPH and codestreams without boxes. */
export const jpeg2000: SourceFormat = { name: 'jpeg2000', recognises: isJpeg2000, open: openJpeg2000 };
