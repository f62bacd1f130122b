import { writeFileSync } from 'node:fs';
import { matrixPage } from './matrix-page.ts';

writeFileSync(new URL('../../../../docs/formats.md', import.meta.url), matrixPage());
