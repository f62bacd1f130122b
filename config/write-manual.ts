import { writeFileSync } from 'node:fs';
import { manualPage } from './manual.ts';

writeFileSync(new URL('../../docs/configuration.md', import.meta.url), manualPage());
