import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLineSink, type LineSink, type WriteText } from '../../server/logging/line-sink.ts';
import { createLog, formatLine } from '../../server/logging/log.ts';
import { openFileSink } from '../../server/logging/open-sink.ts';

const FLUSH_MS = 10_000;

/** A sink that keeps everything. */
function keepingSink(): { sink: LineSink; lines: string[] } {
  const lines: string[] = [];
  return { lines, sink: { write: (line) => void lines.push(line), dropped: 0, flush: () => Promise.resolve() } };
}

function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mezzotint-log-'));
  return use(folder).finally(() => rmSync(folder, { recursive: true }));
}

describe('a log line', () => {
  it('is one line that reads back as what went in, whatever that was', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (url) => {
      const line = formatLine({ url });
      assert.deepEqual(JSON.parse(line), { url: JSON.parse(JSON.stringify(url)) });
      assert.ok(!/[\p{Cc}\u2028\u2029\u202e]/u.test(line));
    });
    fc.assert(property);
    assert.equal(formatLine({ url: 'a\r\n\u001b[2J\u2028\u009b' }), '{"url":"a\\r\\n\\u001b[2J\\u2028\\u009b"}');
  });

  it('cuts long texts, and survives what JSON cannot say', () => {
    assert.ok(formatLine({ url: 'x'.repeat(100_000) }).length < 2100);
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    assert.match(formatLine(circular), /could not be written/);
    assert.equal(formatLine({ size: 5n }), '{"size":"5"}');
  });

  it('tells where an error came from, and its cause', () => {
    const { error } = JSON.parse(formatLine({ error: new Error('outer', { cause: new TypeError('inner') }) }));
    assert.equal(error.error[0], 'Error: outer');
    assert.match(error.error[1], /^at .*log\.test/);
    assert.equal(error.cause.error[0], 'TypeError: inner');
  });
});

describe('VERBOSITY', () => {
  const written = (verbosity: number) => {
    const { sink, lines } = keepingSink();
    const log = createLog(sink, verbosity);
    log.error('e');
    log.info('i');
    log.request({});
    log.debug('d');
    return lines.map((line) => JSON.parse(line).level);
  };

  it('decides which lines are written', () => {
    assert.deepEqual(written(0), []);
    assert.deepEqual(written(1), ['error', 'info']);
    assert.deepEqual(written(2), ['error', 'info', 'request']);
    assert.deepEqual(written(3), ['error', 'info', 'request', 'debug']);
    assert.deepEqual(written(10), written(3));
  });
});

describe('a line sink', () => {
  it('writes whole lines in order, many in one write', async () => {
    const texts: string[] = [];
    const sink = createLineSink((text, done) => {
      texts.push(text);
      done();
    });
    for (let index = 0; index < 1000; index++) sink.write(String(index));
    await sink.flush(FLUSH_MS);
    assert.equal(texts.length, 1);
    assert.deepEqual(texts.join('').trim().split('\n').map(Number), [...Array(1000).keys()]);
  });

  it('holds at most a megabyte for a sink that stalls, counts what it drops, and says so afterwards', async () => {
    const { sink, release, texts } = stallingSink();
    for (let index = 0; index < 100; index++) sink.write('x'.repeat(100_000));
    assert.equal(sink.dropped, 90);
    release();
    await sink.flush(FLUSH_MS);
    const lines = texts.join('').trim().split('\n');
    assert.equal(lines.length, 11);
    assert.equal(JSON.parse(lines[10] ?? '').droppedLines, 90);
  });

  it('gives up flushing at the limit', async () => {
    const { sink } = stallingSink();
    sink.write('never written');
    await sink.flush(1);
  });

  it('counts what a full disk loses, and goes on', async () => {
    const sink = openFileSink('/dev/full');
    sink.write('lost');
    await sink.flush(FLUSH_MS);
    sink.write('lost too');
    await sink.flush(FLUSH_MS);
    assert.equal(sink.dropped, 2);
  });

  it('appends to a file', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'log');
      for (const line of ['one', 'two']) {
        const sink = openFileSink(path);
        sink.write(line);
        await sink.flush(FLUSH_MS);
      }
      assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
    }));

  it('does not wait for the reader of a named pipe, and refuses one that nobody reads', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'pipe');
      execFileSync('mkfifo', [path]);
      assert.throws(() => openFileSink(path), { code: 'ENXIO' });
      const reader = openSync(path, 'r+');
      const sink = openFileSink(path);
      for (let index = 0; index < 100; index++) sink.write('y'.repeat(100_000));
      await sink.flush(1);
      assert.ok(sink.dropped > 0);
      assert.equal(readSync(reader, Buffer.alloc(10)), 10);
      closeSync(reader);
    }));
});

function stallingSink(): { sink: LineSink; release: () => void; texts: string[] } {
  const texts: string[] = [];
  const held: (() => void)[] = [];
  let isStalled = true;
  const writeText: WriteText = (text, done) => {
    texts.push(text);
    if (isStalled) held.push(done);
    else done();
  };
  const release = () => {
    isStalled = false;
    for (const done of held) done();
  };
  const sink = createLineSink(writeText);
  return { sink, release: () => setImmediate(release), texts };
}
