import assert from 'node:assert/strict';
import sharp from 'sharp';

/** Fails unless the server gives its first page, and of the image of one colour its info.json and a tile of that colour. */
export async function assertServes(address: string, file: string, colour: readonly number[]): Promise<void> {
  const page = await get(address);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(await page.text(), /<html/i);

  const info = await (await get(`${address}iiif/3/${file}/info.json`)).text();
  const { width, height } = JSON.parse(info);
  assert.deepEqual([width, height], [600, 400]);

  const tile = await get(`${address}iiif/3/${file}/0,0,256,256/256,256/0/default.jpg`);
  assert.equal(tile.headers.get('content-type'), 'image/jpeg');
  const { data, info: decoded } = await sharp(Buffer.from(await tile.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([decoded.width, decoded.height, decoded.channels], [256, 256, 3]);
  for (const [band, value] of colour.entries()) {
    assert.ok(Math.abs((data[band] ?? -1) - value) <= 2, `band ${band} is ${data[band]}, not ${value}`);
  }
}

async function get(url: string): Promise<Response> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  assert.equal(answer.status, 200, url);
  return answer;
}
