import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { COLOUR_MAPS } from '../../../image/operations.ts';
import { commandOf } from '../../../protocols/iip/commands.ts';
import { parseIip } from '../../../protocols/iip/parse.ts';

const manual = readFileSync(new URL('../../../../docs/iip.md', import.meta.url), 'utf8');

/** The commands of iipsrv, and one of ours. */
const NAMES =
  'FIF OBJ CVT JTL PTL WTL ATL TTL JTLS TIL PFL SPECTRA ICC WID HEI RGN ROT QLT LYR SDS CNT GAM MINMAX SHD CMP INV CTW COL CNV DPT';

describe('the manual of IIP', () => {
  it('has a row for every command, and none that there is not', () => {
    const [what = '', done = ''] = manual.split('## Errors')[0]?.split('## What is done to it') ?? [];
    const rows = [...`${what}${done}`.matchAll(/^\| ((?:`[A-Z]+` *)+)\|/gm)];
    const listed = rows.flatMap(([, names = '']) => names.match(/[A-Z]+/g) ?? []);
    assert.deepEqual(listed.sort(), NAMES.split(' ').sort());
    for (const name of listed) assert.equal(commandOf(name)?.name, name.toLowerCase());
  });

  it('has examples that are understood', () => {
    const queries = [...manual.matchAll(/http:\/\/localhost:8080\/iip\?([^\s)]+)/g)].map(([, query = '']) => query);
    assert.ok(queries.length > 8);
    for (const query of queries) assert.notEqual(parseIip(query).kind, 'nothing', query);
  });

  it('names every colour map', () => {
    for (const name of COLOUR_MAPS) assert.match(manual, new RegExp(`\\b${name}\\b`));
  });
});
