import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Figures } from '../../bench/measure.ts';
import { machineFactor, type Result, report, verdictOf } from '../../bench/report.ts';
import type { Row } from '../../bench/rows.ts';

const ROW: Row = { name: 'hot', file: 'a.tif', mediaType: 'image/jpeg', queries: () => () => '' };

function figures(cpuMs: number): Figures {
  return { requests: 10, requestsPerSecond: 5, p50Ms: 1, p99Ms: 2, cpuMs, rssMb: 100 };
}

/** A row whose reference is 1 ms, of which half is to be reached, and for which the peer once needed 2 ms. */
function result(ours: Figures | Error, peer?: Figures | Error): Result {
  return { row: { ...ROW, bar: { referenceMs: 1, share: 0.5 }, peerReferenceMs: 2 }, ours, peer };
}

describe('the report of the benchmark', () => {
  it('takes the machine for as slow as the peer is on it', () => {
    assert.equal(machineFactor([result(figures(1), figures(2))]), 1);
    assert.equal(machineFactor([result(figures(1), figures(4)), result(figures(1), figures(1))]), 1);
    assert.equal(machineFactor([result(figures(1))]), undefined);
    assert.equal(machineFactor([result(figures(1), new Error('no'))]), undefined);
  });

  it('sets the bar by the machine', () => {
    assert.deepEqual(verdictOf(result(figures(0.5)), 1), { barMs: 0.5, isMet: true });
    assert.deepEqual(verdictOf(result(figures(0.51)), 1), { barMs: 0.5, isMet: false });
    assert.deepEqual(verdictOf(result(figures(0.9)), 2), { barMs: 1, isMet: true });
  });

  it('judges nothing without a peer, a bar or figures of ours', () => {
    assert.equal(verdictOf(result(figures(0.1)), undefined), undefined);
    assert.equal(verdictOf({ row: ROW, ours: figures(0.1), peer: undefined }, 1), undefined);
    assert.equal(verdictOf(result(new Error('no')), 1), undefined);
  });

  it('says in the table what was met, and below it what failed', () => {
    const text = report([result(figures(0.4), figures(2)), result(new Error('status 500'), figures(2))]);
    assert.match(text, /^hot +5 +1\.00 +2\.00 +0\.400 +100 +2\.000 +0\.20 +0\.500 +met$/m);
    assert.match(text, /^hot: ours: status 500$/m);
    assert.match(text, /^machine factor 1\.00/m);
  });
});
