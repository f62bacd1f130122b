import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Metadata } from '../../../image/metadata.ts';
import { appOver, DESCRIPTION, stubService } from '../stub-app.ts';

async function infoOf(version: 2 | 3, metadata: Metadata) {
  const app = await appOver(stubService({ ...DESCRIPTION, metadata }));
  return (await app.inject(`/iiif/${version}/a/info.json`)).json();
}

const LICENCE = 'http://rightsstatements.org/vocab/InC/1.0/';

describe('metadata in info.json', () => {
  it('names the rights where they are a URI, in the word of each version', async () => {
    const metadata = { text: { rights: LICENCE } };
    assert.equal((await infoOf(3, metadata)).rights, LICENCE);
    assert.equal((await infoOf(2, metadata)).license, LICENCE);
  });

  it('leaves out rights that are anything else', async () => {
    for (const rights of ['© Museum', 'javascript:alert(1)', `${LICENCE} or not`, 'http://', 'https://a/"b c']) {
      assert.equal('rights' in (await infoOf(3, { text: { rights } })), false, rights);
      assert.equal('license' in (await infoOf(2, { text: { rights } })), false, rights);
    }
  });

  it('tells the size of the original where the unit is known', async () => {
    const serviceOf = async (unit: 'inch' | 'centimetre' | 'unknown', y = 300) =>
      (await infoOf(3, { text: {}, resolution: { x: 300, y, unit } })).service;
    assert.deepEqual(await serviceOf('inch'), [
      {
        id: 'http://localhost:80/iiif/3/a#physdim',
        type: 'Service',
        '@context': 'http://iiif.io/api/annex/services/physdim/1/context.json',
        profile: 'http://iiif.io/api/annex/services/physdim',
        physicalScale: 0.00333333,
        physicalUnits: 'in',
      },
    ]);
    assert.equal((await serviceOf('centimetre'))[0].physicalUnits, 'cm');
    assert.equal(await serviceOf('unknown'), undefined);
    assert.equal(await serviceOf('inch', 200), undefined);
  });
});
