import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { usageOf } from '../../bench/process-tree.ts';

/** Uses 200 ms of CPU time in a child of its own, says so, and lives on when that child has ended with its input. */
const PARENT = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(
    "while (process.cpuUsage().user < 200000); console.log('done'); process.stdin.resume();",
  )}], { stdio: ['inherit', 'inherit', 'inherit'] });
  child.on('close', () => console.log('ended'));
  setInterval(() => {}, 1000);
`;

it('counts the CPU time of children, while they run and after they have ended', async (test) => {
  const parent = spawn(process.execPath, ['-e', PARENT], { stdio: ['pipe', 'pipe', 'inherit'] });
  test.after(() => parent.kill('SIGKILL'));
  await once(parent.stdout, 'data');
  const running = usageOf([parent.pid ?? 0]);
  assert.ok(running.cpuMs >= 200, `${running.cpuMs} ms`);
  assert.ok(running.rssMb > 20, `${running.rssMb} MB`);
  parent.stdin.end();
  await once(parent.stdout, 'data');
  assert.ok(usageOf([parent.pid ?? 0]).cpuMs >= 200);
});

it('says so when there is nothing to count', async () => {
  const ended = spawn(process.execPath, ['-e', '']);
  await once(ended, 'close');
  assert.throws(() => usageOf([ended.pid ?? 0]), /none of the processes/);
});
