import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findImageRoots } from '../../server/image-root.ts';
import { StartFailure } from '../../server/start-failure.ts';

describe('the folders of the images', () => {
  it('have to be there, and a missing one is told how to see sample images', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mezzotint-root-'));
    try {
      const file = join(folder, 'file');
      writeFileSync(file, '');
      const failureOf = (path: string) =>
        findImageRoots([{ name: '', folder: path }]).then(
          () => assert.fail('served'),
          (error: unknown) => error instanceof StartFailure && error.message,
        );
      assert.equal(
        await failureOf(join(folder, 'samples')),
        `Mezzotint cannot serve ${folder}/samples: there is no such folder. Without a folder sample images are drawn and served.`,
      );
      assert.equal(await failureOf(file), `Mezzotint cannot serve ${file}: it is not a folder.`);
      assert.deepEqual(await findImageRoots([{ name: 'a', folder }]), [{ name: 'a', folder }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
