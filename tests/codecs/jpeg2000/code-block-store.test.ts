import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeBlockMemory, createCodeBlockStore } from '../../../codecs/jpeg2000/code-block-store.ts';

const ORIGIN = { image: 1, tile: 0, layers: 1 };
const MEGABYTE = 2 ** 20;

function placeAt(x: number, y = 0): Int32Array {
  return Int32Array.of(0, 5, 3, x, y);
}

function samplesOf(value: number, length = 4096): Int32Array {
  return new Int32Array(length).fill(value);
}

describe('the store of decoded code-blocks', () => {
  it('gives every thread what another has put there', () => {
    const memory = codeBlockMemory(MEGABYTE);
    createCodeBlockStore(memory)(ORIGIN).keep(placeAt(64, 128), Int32Array.of(-5, 0, 2 ** 30));
    const target = new Int32Array(3);
    assert.ok(createCodeBlockStore(memory)(ORIGIN).recall(placeAt(64, 128), target));
    assert.deepEqual([...target], [-5, 0, 2 ** 30]);
  });

  it('knows nothing of another place, size, image, tile or number of layers', () => {
    const store = createCodeBlockStore(codeBlockMemory(MEGABYTE));
    store(ORIGIN).keep(placeAt(64, 128), samplesOf(1));
    const knows = (origin: typeof ORIGIN, place: Int32Array, length = 4096) =>
      store(origin).recall(place, new Int32Array(length));
    assert.ok(knows(ORIGIN, placeAt(64, 128)));
    for (let word = 0; word < 5; word++) {
      const elsewhere = placeAt(64, 128).map((value, index) => (index === word ? value + 1 : value));
      assert.ok(!knows(ORIGIN, elsewhere));
    }
    assert.ok(!knows(ORIGIN, placeAt(64, 128), 64));
    for (const other of [{ image: 2 }, { tile: 1 }, { layers: 2 }]) {
      assert.ok(!knows({ ...ORIGIN, ...other }, placeAt(64, 128)));
    }
  });

  it('stays within its memory, and gives up what was not asked for longest', () => {
    const memory = codeBlockMemory(MEGABYTE);
    assert.ok(memory.byteLength <= MEGABYTE);
    const blocks = createCodeBlockStore(memory)(ORIGIN);
    const target = new Int32Array(4096);
    blocks.keep(placeAt(0, 0), samplesOf(-1));
    for (let x = 1; x <= 1000; x++) {
      blocks.keep(placeAt(x, 0), samplesOf(x));
      assert.ok(blocks.recall(placeAt(0, 0), target), `gone after ${x} others`);
      assert.equal(target[4095], -1);
    }
    const known = Array.from({ length: 1000 }, (_, x) => x + 1).filter((x) => blocks.recall(placeAt(x, 0), target));
    assert.ok(known.length > 0 && known.length < MEGABYTE / target.byteLength);
    assert.equal(known.at(-1), 1000);
  });

  it('leaves out code-blocks larger than there can be, and those without samples', () => {
    const blocks = createCodeBlockStore(codeBlockMemory(MEGABYTE))(ORIGIN);
    for (const length of [0, 4097]) {
      blocks.keep(placeAt(0, 0), samplesOf(1, length));
      assert.ok(!blocks.recall(placeAt(0, 0), new Int32Array(length)));
    }
  });

  it('neither reads nor writes what a thread was ended in the middle of', () => {
    const memory = codeBlockMemory(MEGABYTE);
    const blocks = createCodeBlockStore(memory)(ORIGIN);
    blocks.keep(placeAt(1, 1), samplesOf(1));
    const words = new Int32Array(memory);
    const version = words.findIndex((word, index) => index >= 16 && word === 2); // written once
    words[version] = 3;
    const before = words.slice(version, version + 100);
    const target = new Int32Array(4096);
    assert.ok(!blocks.recall(placeAt(1, 1), target));
    for (let x = 2; x < 500; x++) blocks.keep(placeAt(x, 1), samplesOf(x));
    assert.deepEqual(words.slice(version, version + 100), before);
    assert.ok(blocks.recall(placeAt(499, 1), target));
  });
});
