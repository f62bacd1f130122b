import type { Config, StartConfig } from '../config/config.ts';
import { pyramidBytes } from './derivatives/evict.ts';
import { prepareDerivatives } from './derivatives/prepare-derivatives.ts';
import { findImageRoots, makeSampleFolder, rootsForPeople } from './image-root.ts';
import { addressForPeople, findFreePort, listenProblem } from './listen-address.ts';
import type { LineSink } from './logging/line-sink.ts';
import type { Log } from './logging/log.ts';
import { openLog } from './logging/open-log.ts';
import { openStandardSink } from './logging/open-sink.ts';
import { answerMetrics, listenForMetrics, type Status } from './metrics.ts';
import { createProgress } from './progress.ts';
import { startDrawing } from './sample-drawing.ts';
import { removeSocket, removeStaleSocket } from './socket-file.ts';
import { StartFailure } from './start-failure.ts';
import { type Outcome, type Supervisor, supervise } from './supervisor.ts';

const FLUSH_MS = 1000;

/** Where files go that nobody has chosen a folder for. */
interface Places {
  /** Served when no folder is configured. */
  readonly samples: string;
  /** For what can be made again. */
  readonly cache: string;
}

/** What the workers get, checked against this machine. */
interface Prepared {
  readonly config: Config;
  readonly log: Log;
}

/**
 * Runs the server until a signal ends it.
 *
 * @param places - where files go that nobody has chosen a folder for
 * @returns the exit code, with everything written that was to be written
 * @throws StartFailure when nothing was started
 */
export async function runServer(start: StartConfig, places: Places): Promise<number> {
  const { config, log } = await prepare(start, places);
  const folder = rootsForPeople(config.files.roots);
  const people = openStandardSink(process.stdout);
  let cancelDrawing = (): void => {};
  const onServing = () => {
    people.write(`Mezzotint serves ${folder} at ${addressForPeople(config.listen)}`);
    log.info('serving', { folder, address: addressForPeople(config.listen), workers: config.workers });
    if (start.files.roots.length === 0 && start.drawSamples) cancelDrawing = drawSamples(places.samples, log);
  };
  for (const notice of config.notices) log.info(notice);
  const metrics = config.metricsPort && (await listenForMetrics(config.listen.host, config.metricsPort));
  const supervisor = supervise({ config, log, onServing });
  if (metrics)
    metrics.on(
      'request',
      answerMetrics(() => statusOf(supervisor, config)),
    );
  obeySignals(supervisor, log);
  const outcome = await supervisor.ended;
  cancelDrawing();
  return close(outcome, config, { people, log });
}

async function prepare(start: StartConfig, places: Places): Promise<Prepared> {
  const { drawSamples: _, ...config } = start;
  const given = start.files.roots;
  const roots = given.length === 0 ? await makeSampleFolder(places.samples) : await findImageRoots(given);
  const listen = await prepareListening(start.listen);
  const log = openSupervisorLog(start.log);
  const derivatives = await prepareDerivatives(start.derivatives, places.cache, log);
  return { config: { ...config, listen, derivatives, files: { ...start.files, roots } }, log };
}

async function statusOf(supervisor: Supervisor, { derivatives }: Config): Promise<Status> {
  const derivativeBytes = derivatives ? await pyramidBytes(derivatives.folder) : 0;
  return { ...supervisor.status(), derivativeBytes };
}

async function prepareListening(listen: Config['listen']): Promise<Config['listen']> {
  try {
    if (listen.unixPath !== undefined) await removeStaleSocket(listen.unixPath);
    else if (listen.port === 0) return { ...listen, port: await findFreePort(listen.host) };
    return listen;
  } catch (error) {
    const { code = '', message } = error instanceof Error ? toErrno(error) : { message: String(error) };
    throw new StartFailure(listenProblem(listen, code, message), { cause: error });
  }
}

function toErrno(error: NodeJS.ErrnoException): { code?: string | undefined; message: string } {
  return error;
}

function openSupervisorLog(config: Config['log']): Log {
  try {
    return openLog(config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartFailure(`Mezzotint cannot write its log: ${reason}. Choose another file with LOGFILE.`, {
      cause: error,
    });
  }
}

/** The first signal lets requests finish, the second does not. */
function obeySignals(supervisor: Supervisor, log: Log): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return supervisor.kill();
    isStopping = true;
    log.info('stopping', { signal });
    supervisor.stop();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => {
    log.info('emptying caches');
    supervisor.emptyCaches();
  });
}

function drawSamples(folder: string, log: Log): () => void {
  const onProgress = createProgress('Drawing sample images', process.stderr);
  const onFailure = (reason: string) => log.error('the sample images could not be drawn', { reason });
  return startDrawing({ folder, onProgress, onFailure });
}

async function close(outcome: Outcome, { listen }: Config, outputs: { people: LineSink; log: Log }): Promise<number> {
  const { exitCode, problem } = outcome;
  if (listen.unixPath !== undefined && problem === undefined) await removeSocket(listen.unixPath);
  const errors = openStandardSink(process.stderr);
  if (problem !== undefined) errors.write(problem);
  else outputs.log.info('stopped');
  await Promise.all([errors, outputs.people, outputs.log].map((output) => output.flush(FLUSH_MS)));
  return exitCode;
}
