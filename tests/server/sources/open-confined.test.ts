import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SourceNotFound } from '../../../image/errors.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import { findRoots, type ImageRoots, openConfined } from '../../../server/sources/open-confined.ts';

describe('opening inside the root', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mezzotint-confined-')));
  const inside = join(folder, 'img');
  const socket = createServer();
  let images: ImageRoots;

  before(async () => {
    mkdirSync(join(inside, 'sub'), { recursive: true });
    mkdirSync(join(folder, 'img-secret'));
    writeFileSync(join(folder, 'img-secret', 'a.tif'), 'SENTINEL');
    writeFileSync(join(folder, 'outside.tif'), 'SENTINEL');
    writeFileSync(join(inside, 'a.tif'), 'picture');
    writeFileSync(join(inside, 'sub', 'b.tif'), 'picture');
    writeFileSync(join(inside, 'with.suffix'), 'picture');
    writeFileSync(Buffer.concat([Buffer.from(`${inside}/caf`), Buffer.of(0xe9), Buffer.from('.tif')]), 'picture');
    symlinkSync('a.tif', join(inside, 'link.tif'));
    symlinkSync('link.tif', join(inside, 'chain.tif'));
    symlinkSync('../outside.tif', join(inside, 'escape.tif'));
    symlinkSync('..', join(inside, 'up'));
    symlinkSync('loop.tif', join(inside, 'loop.tif'));
    symlinkSync('gone.tif', join(inside, 'dangling.tif'));
    symlinkSync('/dev/zero', join(inside, 'zero.tif'));
    execFileSync('mkfifo', [join(inside, 'fifo.tif')]);
    await new Promise<void>((resolve) => socket.listen(join(inside, 'socket.tif'), resolve));
    images = { roots: await findRoots([{ name: '', folder: inside }]), suffix: Buffer.alloc(0) };
  });

  after(() => {
    socket.close();
    rmSync(folder, { recursive: true });
  });

  async function canonicalNameOf(name: string, suffix = ''): Promise<string> {
    const file = await openConfined({ ...images, suffix: Buffer.from(suffix) }, parseIdentifier(name));
    closeSync(file.descriptor);
    return file.canonicalName;
  }

  it('opens regular files by name, and by one canonical name whatever links lead there', async () => {
    for (const name of ['a.tif', 'link.tif', 'chain.tif', '/a.tif']) {
      assert.equal(await canonicalNameOf(name), 'a.tif');
    }
    assert.equal(await canonicalNameOf('sub/b.tif'), 'sub/b.tif');
    assert.equal(await canonicalNameOf('sub//b.tif'), 'sub/b.tif');
  });

  it('keeps the bytes of names that are no UTF-8', async () => {
    assert.equal(await canonicalNameOf('caf\xe9.tif'), 'caf\xe9.tif');
  });

  it('puts the suffix after the name', async () => {
    assert.equal(await canonicalNameOf('with', '.suffix'), 'with.suffix');
    await assert.rejects(canonicalNameOf('with.suffix', '.suffix'), SourceNotFound);
  });

  it('takes an absolute path of a file in the root, and of no other', async () => {
    assert.equal(await canonicalNameOf(join(inside, 'sub/b.tif')), 'sub/b.tif');
    await assert.rejects(canonicalNameOf(join(folder, 'outside.tif')), SourceNotFound);
    await assert.rejects(canonicalNameOf(join(folder, 'img-secret/a.tif')), SourceNotFound);
    await assert.rejects(canonicalNameOf('/etc/hostname'), SourceNotFound);
  });

  const refused = ['gone.tif', 'escape.tif', 'up/outside.tif', 'up/img-secret/a.tif', 'loop.tif', 'dangling.tif'];
  for (const name of [...refused, 'zero.tif', 'fifo.tif', 'socket.tif', 'sub', 'a.tif/b', 'x'.repeat(300)]) {
    it(`answers ${name.slice(0, 30)} like a missing file`, async () => {
      await assert.rejects(canonicalNameOf(name), (error: Error) => {
        assert.ok(error instanceof SourceNotFound);
        assert.equal(error.message, new SourceNotFound().message);
        return true;
      });
    });
  }

  describe('of several with names', () => {
    const other = join(folder, 'other');
    let named: ImageRoots;

    before(async () => {
      mkdirSync(join(other, 'deep'), { recursive: true });
      writeFileSync(join(other, 'c.tif'), 'picture');
      symlinkSync(join(inside, 'a.tif'), join(other, 'across.tif'));
      symlinkSync(join(folder, 'outside.tif'), join(other, 'escape.tif'));
      const roots = await findRoots([
        { name: 'one', folder: inside },
        { name: 'two', folder: other },
      ]);
      named = { roots, suffix: Buffer.alloc(0) };
    });

    async function nameOf(name: string): Promise<string> {
      const file = await openConfined(named, parseIdentifier(name));
      closeSync(file.descriptor);
      return file.canonicalName;
    }

    it('finds files by the name of their root, and gives them names of their own', async () => {
      assert.equal(await nameOf('one/a.tif'), 'one/a.tif');
      assert.equal(await nameOf('/one/sub/b.tif'), 'one/sub/b.tif');
      assert.equal(await nameOf('two/c.tif'), 'two/c.tif');
      assert.equal(await nameOf('one/caf\xe9.tif'), 'one/caf\xe9.tif');
      assert.equal(await nameOf('two/across.tif'), 'one/a.tif');
      assert.equal(await nameOf(join(other, 'c.tif')), 'two/c.tif');
    });

    it('finds nothing under any other name', async () => {
      const names = ['a.tif', 'c.tif', 'one/c.tif', 'three/c.tif', 'on/a.tif', 'onee/a.tif', 'one', 'two/', 'one/deep'];
      for (const name of [...names, 'two/escape.tif', 'One/a.tif', join(folder, 'outside.tif')]) {
        await assert.rejects(nameOf(name), SourceNotFound, name);
      }
    });
  });

  it('is not held up by FIFOs', async () => {
    const attempts = Array.from({ length: 50 }, () => canonicalNameOf('fifo.tif'));
    const outcomes = await Promise.allSettled(attempts);
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
    assert.equal(await canonicalNameOf('a.tif'), 'a.tif');
  });
});
