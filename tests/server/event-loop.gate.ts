import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { silentLog } from '../support/silent-log.ts';

/** Ten times what a piece of work should take: more is no slow machine but work that is not cut. */
const HANG_MS = 500;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-event-loop-'));
let application: Application;

/** Milliseconds of processor time that this thread has used, whatever the rest of the machine did meanwhile. */
function threadTime(): number {
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}

/** The longest time that the event loop was held while something went on. */
async function longestHold(work: () => Promise<void>): Promise<number> {
  let isOver = false;
  let longest = 0;
  let last = threadTime();
  const look = () => {
    const now = threadTime();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(look);
  };
  look();
  await work();
  isOver = true;
  return longest;
}

before(async () => {
  const vips = (...args: string[]) => execFileSync('vips', args);
  const options = ['--tile', '--pyramid', '--tile-width', '256', '--tile-height', '256'];
  vips('worley', join(folder, 'cells.v'), '5000', '5000', '--seed', '1');
  vips('cast', join(folder, 'cells.v'), join(folder, 'bytes.v'), 'uchar');
  vips('bandjoin_const', join(folder, 'bytes.v'), join(folder, 'two.v'), '128');
  vips('bandjoin_const', join(folder, 'two.v'), join(folder, 'three.v'), '200');
  vips('copy', join(folder, 'three.v'), join(folder, 'rgb.v'), '--interpretation', 'srgb');
  vips('tiffsave', join(folder, 'rgb.v'), join(folder, 'rgb.tif'), ...options);
  vips('tiffsave', join(folder, 'cells.v'), join(folder, 'float.tif'), ...options);
  const env = { WATERMARK: join(folder, 'mark.png') };
  execFileSync('convert', ['-size', '200x80', 'xc:rgba(255,0,0,0.4)', env.WATERMARK]);
  const config = loadConfig({ argv: [folder, '--max-decoded-bytes', '1000000000'], env, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application.close();
  rmSync(folder, { recursive: true });
});

describe('an export of 5000 x 5000 pixels', () => {
  const EXPORTS = [
    'rgb.tif&INV&CVT=jpeg',
    'rgb.tif&CNV=sharpen&COL=grey&ROT=90&CVT=jpeg',
    'rgb.tif&CTW=[0,1,0;1,0,0;0,0,1]&GAM=2&CNT=1.2&ROT=!180&CVT=jpeg',
    'rgb.tif&SHD=45,45&COL=binary&CVT=jpeg',
    'rgb.tif&WID=4000&CNT=eq&CVT=jpeg',
    'float.tif&GAM=0.5&CMP=viridis&CNT=eq&CVT=jpeg',
  ];
  for (const query of EXPORTS) {
    it(`lets other requests have their turn: ${query}`, async (test) => {
      const held = await longestHold(async () => {
        const answer = await application.app.inject({ url: `/iip?FIF=${query}` });
        assert.equal(answer.statusCode, 200, answer.body.slice(0, 300));
      });
      test.diagnostic(`the event loop was held for ${held.toFixed(0)} ms at most`);
      assert.ok(held < HANG_MS, `${held} ms`);
    });
  }
});
