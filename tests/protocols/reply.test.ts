import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { describe, it } from 'node:test';
import { freshnessOf } from '../../protocols/conditional.ts';
import { ANSWERED, appOver, stubService, VALIDATORS } from './stub-app.ts';

const TILE = '/deepzoom/a_files/0/0_0.jpg';
const SAME_SECOND = 'Sun, 22 Nov 2026 07:28:38 GMT';
const EARLIER = 'Sun, 22 Nov 2026 07:28:37 GMT';
const LATER = 'Mon, 23 Nov 2026 00:00:00 GMT';

describe('conditional requests', () => {
  const TABLE: readonly (readonly [headers: Record<string, string>, isFresh: boolean])[] = [
    [{}, false],
    [{ 'if-none-match': '"pixels"' }, true],
    [{ 'if-none-match': 'W/"pixels"' }, true],
    [{ 'if-none-match': '"other", "pixels"' }, true],
    [{ 'if-none-match': '"a,b",W/"pixels" , "c"' }, true],
    [{ 'if-none-match': '*' }, true],
    [{ 'if-none-match': ' * ' }, true],
    [{ 'if-none-match': '"other"' }, false],
    [{ 'if-none-match': 'pixels' }, false],
    [{ 'if-none-match': '"*"' }, false],
    [{ 'if-none-match': '"pixel' }, false],
    [{ 'if-none-match': '' }, false],
    [{ 'if-modified-since': SAME_SECOND }, true],
    [{ 'if-modified-since': LATER }, true],
    [{ 'if-modified-since': EARLIER }, false],
    [{ 'if-modified-since': 'yesterday' }, false],
    [{ 'if-modified-since': '' }, false],
    [{ 'if-none-match': '"other"', 'if-modified-since': LATER }, false],
    [{ 'if-none-match': '"pixels"', 'if-modified-since': EARLIER }, true],
  ];

  it('are judged by entity tag first and by date to the second', () => {
    for (const [headers, isFresh] of TABLE) {
      assert.equal(freshnessOf({ method: 'GET', headers })(VALIDATORS), isFresh, JSON.stringify(headers));
    }
  });

  it('are answered by 304 with the validators and nothing else', async () => {
    const app = await appOver(stubService());
    for (const method of ['GET', 'HEAD'] as const) {
      const response = await app.inject({ method, url: TILE, headers: { 'if-none-match': '"pixels"' } });
      assert.deepEqual([response.statusCode, response.payload], [304, '']);
      const { connection, date, ...headers } = response.headers;
      assert.deepEqual(
        { ...headers },
        { etag: '"pixels"', 'last-modified': SAME_SECOND, 'cache-control': 'max-age=86400' },
      );
    }
  });

  it('mean nothing to a POST', () => {
    assert.equal(freshnessOf({ method: 'POST', headers: { 'if-none-match': '*' } })(VALIDATORS), false);
  });
});

describe('the Cache-Control header', () => {
  it('is the configured one', async () => {
    const app = await appOver(stubService(), { cacheControl: 'no-store' });
    assert.equal((await app.inject(TILE)).headers['cache-control'], 'no-store');
    assert.equal((await app.inject('/deepzoom/a.dzi')).headers['cache-control'], 'no-store');
  });

  it('is left out when that is empty', async () => {
    const app = await appOver(stubService(), { cacheControl: '' });
    assert.ok(!('cache-control' in (await app.inject(TILE)).headers));
  });
});

describe('the signal of a request', () => {
  it('is raised when the client leaves', { timeout: 30_000 }, async () => {
    const raised = new EventEmitter();
    const app = await appOver({
      ...stubService(),
      async render(_request, { signal }) {
        signal.addEventListener('abort', () => raised.emit('abort'));
        client.destroy();
        await once(signal, 'abort');
        return { validators: VALIDATORS, image: undefined, ...ANSWERED };
      },
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const heard = once(raised, 'abort');
    const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    client.write(`GET ${TILE} HTTP/1.1\r\nHost: h\r\n\r\n`);
    await heard;
    await app.close();
  });

  it('is not raised by the end of a POST that is still being answered', async () => {
    const images = stubService();
    const app = await appOver({
      ...images,
      async render(request, options) {
        const { signal } = options;
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(signal.aborted, false);
        return images.render(request, options);
      },
    });
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${origin}/iip`, { method: 'POST', body: 'FIF=a&JTL=0,0' });
    assert.equal(response.status, 200);
    await app.close();
  });
});
