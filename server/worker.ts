import { on } from 'node:events';
import { createDecodeWatch, type DecodeWatch } from '../codecs/decode-watch.ts';
import { DecoderModuleProblem } from '../codecs/decoder-modules.ts';
import type { Config } from '../config/config.ts';
import type { Application } from './app.ts';
import type { BuildOrder } from './derivatives/build-order.ts';
import type { Log } from './logging/log.ts';
import { openLog } from './logging/open-log.ts';
import type { SupervisorMessage, WorkerMessage } from './messages.ts';
import { StartFailure } from './start-failure.ts';

/** How long requests may take to finish after the order to stop. */
const DRAIN_MS = 20_000;
const SWEEP_MS = 100;
const FLUSH_MS = 1000;

type StartOrder = SupervisorMessage & { readonly kind: 'start' };

await runWorker();

/** Serves from the first order, which brings the configuration, to the order to stop. */
async function runWorker(): Promise<void> {
  const orders = on(process, 'message');
  const { config, refused } = await receiveStart(orders);
  const log = openWorkerLog(config.log);
  exitOnDefect(log);
  const { createApp } = await loadApp();
  const watch = createDecodeWatch((event) => void tell({ kind: 'decode', event }));
  watch.refuse(refused);
  const server = await createApp({ config, log, onBuild, watch }).catch((error) => reportStartFailure(log, error));
  await listen(server, config).catch((error) => reportListenFailure(log, error));
  const obey = ordersOf(server, watch, log);
  process.on('SIGTERM', () => obey({ kind: 'stop' }));
  process.on('SIGHUP', () => obey({ kind: 'empty-caches' }));
  await tell({ kind: 'listening' });
  for await (const [order] of orders) obey(order);
}

/** Whoever supervises builds one pyramid after the other. */
function onBuild(order: BuildOrder): void {
  void tell({ kind: 'build', order });
}

/** Part by part: the loader opens all files at once that a module is made of, and descriptors may be few. */
async function loadApp(): Promise<typeof import('./app.ts')> {
  await import('../codecs/render.ts');
  await import('../protocols/plugin.ts');
  return import('./app.ts');
}

async function receiveStart(orders: AsyncIterator<SupervisorMessage[]>): Promise<StartOrder> {
  process.on('SIGINT', ignore); // a terminal sends it to every process; the supervisor's order follows
  await tell({ kind: 'ready' });
  const order = (await orders.next()).value?.[0];
  return order?.kind === 'start' ? order : process.exit(0); // stopped before it began
}

/** The supervisor could open the log's file; if that is over, standard error is still there. */
function openWorkerLog(config: Config['log']): Log {
  try {
    return openLog(config);
  } catch (error) {
    const log = openLog({ ...config, file: undefined });
    log.error('the log file cannot be opened', { error });
    return log;
  }
}

/** After a defect nothing in the process can be relied on: say so once and make room for a fresh one. */
function exitOnDefect(log: Log): void {
  const die = (error: unknown) => void leave(log, 'a defect ends this process', error);
  process.once('uncaughtException', die);
  process.once('unhandledRejection', die);
}

async function leave(log: Log, message: string, error: unknown): Promise<never> {
  log.error(message, { error });
  await log.flush(FLUSH_MS);
  return process.exit(1);
}

async function listen({ app }: Application, config: Config): Promise<void> {
  const { host, port, unixPath, backlog } = config.listen;
  await app.listen(unixPath === undefined ? { host, port, backlog } : { path: unixPath, backlog });
}

async function reportListenFailure(log: Log, error: NodeJS.ErrnoException): Promise<never> {
  await tell({ kind: 'cannot-listen', code: error.code ?? '', reason: error.message });
  await log.flush(FLUSH_MS);
  return process.exit(1);
}

/** What is wrong with the configuration will be so in every worker: the supervisor decides. */
async function reportStartFailure(log: Log, error: unknown): Promise<never> {
  const isKnown = error instanceof DecoderModuleProblem || error instanceof StartFailure;
  if (isKnown) await tell({ kind: 'cannot-start', problem: error.message });
  return leave(log, 'the server cannot be set up', error);
}

/** Carries out orders; the one to stop only once. */
function ordersOf(server: Application, watch: DecodeWatch, log: Log): (order: SupervisorMessage) => void {
  let isStopping = false;
  return (order) => {
    if (order.kind === 'stop') {
      if (!isStopping) void stop(server, log);
      isStopping = true;
    } else obeyServing(order, server, watch);
  };
}

function obeyServing(order: SupervisorMessage, server: Application, watch: DecodeWatch): void {
  if (order.kind === 'empty-caches') server.emptyCaches();
  if (order.kind === 'builds') server.showBuilds(order.state);
  if (order.kind === 'unbuildable') server.giveUpPyramid(order.key);
  if (order.kind === 'refuse') watch.refuse(order.files);
}

/** A connection that is kept alive holds up closing, and no longer serves anyone once its request is answered. */
async function stop({ app, close }: Application, log: Log): Promise<never> {
  const limit = setTimeout(() => void leave(log, 'requests did not finish in time', undefined), DRAIN_MS);
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  await close();
  clearInterval(sweep);
  clearTimeout(limit);
  await log.flush(FLUSH_MS);
  return process.exit(0);
}

/** Resolves when the supervisor has it, or is gone. */
function tell(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

function ignore(): void {}
