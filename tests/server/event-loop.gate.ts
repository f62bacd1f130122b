import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { silentLog } from '../support/silent-log.ts';

/** Ten times what a piece of work should take: more is no slow machine but work that is not cut. */
const HANG_MS = 500;

const run = promisify(execFile);

/** Prints the status of an answer that it has read to its end. */
const CLIENT =
  'fetch(process.argv[1]).then(async (answer) => { for await (const _ of answer.body); console.log(answer.status); })';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-event-loop-'));
let application: Application;
let address: string;

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
  look();
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
  vips('bandjoin_const', join(folder, 'rgb.v'), join(folder, 'rgba.v'), '99');
  vips('tiffsave', join(folder, 'rgba.v'), join(folder, 'rgba.tif'), ...options);
  vips('gaussnoise', join(folder, 'noise.v'), '5000', '5000', '--mean', '32768', '--sigma', '9000');
  vips(
    'bandjoin',
    `${join(folder, 'noise.v')} ${join(folder, 'noise.v')} ${join(folder, 'cells.v')}`,
    join(folder, 'deep.v'),
  );
  vips('cast', join(folder, 'deep.v'), join(folder, 'shorts.v'), 'ushort');
  vips('copy', join(folder, 'shorts.v'), join(folder, 'rgb16.v'), '--interpretation', 'rgb16');
  vips('tiffsave', join(folder, 'rgb16.v'), join(folder, 'noise.tif'), ...options, '--profile', 'srgb');
  const env = { WATERMARK: join(folder, 'mark.png') };
  execFileSync('convert', ['-size', '200x80', 'xc:rgba(255,0,0,0.4)', env.WATERMARK]);
  const config = loadConfig({ argv: [folder, '--max-decoded-bytes', '1000000000'], env, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
  address = await application.app.listen({ host: '127.0.0.1', port: 0 });
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
    'rgba.tif&CVT=jpeg',
    'rgba.tif&CVT=pdf',
    'noise.tif&DPT=native&QLT=none:0&CVT=tiff',
    'noise.tif&DPT=native&QLT=deflate:1&CVT=tiff',
    'noise.tif&QLT=lzw:0&CVT=tiff',
    'noise.tif&QLT=webp:80&CVT=tiff',
    'noise.tif&DPT=native&CVT=png',
    'noise.tif&QLT=0&CVT=png',
    'noise.tif&QLT=100&CVT=jpeg',
    'noise.tif&QLT=-1&CVT=pdf',
    'rgb.tif&CVT=jp2',
    'noise.tif&CVT=webp',
    'rgb.tif&COL=binary&CVT=pdf',
    'rgb.tif&ROT=30&WID=3600&CVT=jpeg',
  ];
  for (const query of EXPORTS) {
    it(`lets other requests have their turn: ${query}`, async (test) => {
      const held = await longestHold(async () => {
        const { stdout } = await run(process.execPath, ['-e', CLIENT, `${address}/iip?FIF=${query}`]);
        assert.equal(stdout.trim(), '200');
      });
      test.diagnostic(`the event loop was held for ${held.toFixed(0)} ms at most`);
      assert.ok(held < HANG_MS, `${held} ms`);
    });
  }
});
