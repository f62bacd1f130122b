import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { BuildState } from './derivatives/build-order.ts';
import { StartFailure } from './start-failure.ts';

/** What the supervisor can tell of itself. */
export interface Status {
  /** Undefined where no pyramids are built. */
  readonly builds: BuildState | undefined;
  /** Bytes that all pyramids take on the disk. */
  readonly derivativeBytes: number;
  readonly refusedFiles: number;
}

/** The media type of Prometheus' text format. */
const MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Takes the port that metrics are asked for on; requests are answered once a listener is there.
 *
 * @throws StartFailure
 */
export async function listenForMetrics(host: string, port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening').catch((error: Error) => {
    const problem = `Mezzotint cannot listen on port ${port} for metrics: ${error.message}`;
    throw new StartFailure(`${problem}. Choose another with METRICS_PORT.`, { cause: error });
  });
  server.unref();
  return server;
}

/** Answers `/metrics`, and nothing else. */
export function answerMetrics(look: () => Promise<Status>): RequestListener {
  return (request, response) => {
    answer(request, response, look).catch(() => response.writeHead(500).end());
  };
}

async function answer(
  { url, method = '' }: IncomingMessage,
  response: ServerResponse,
  look: () => Promise<Status>,
): Promise<void> {
  const isThere = url === '/metrics';
  const isAllowed = ['GET', 'HEAD'].includes(method);
  if (!isThere || !isAllowed) {
    const status = isThere ? 405 : 404;
    response.writeHead(status, { allow: 'GET, HEAD' }).end('only GET /metrics is answered here\n');
    return;
  }
  const text = metricsText(await look());
  response.writeHead(200, { 'content-type': MEDIA_TYPE, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** In Prometheus' text format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
function metricsText({ builds, derivativeBytes, refusedFiles }: Status): string {
  const { running, waiting, built, failed, evicted } = builds ?? NO_BUILDS;
  return [
    ['builds_running', 'gauge', 'Pyramids that are being built.', running ? 1 : 0],
    ['build_progress_ratio', 'gauge', 'How much of the one being built is done, where known.', running?.fraction],
    ['builds_waiting', 'gauge', 'Pyramids that wait to be built.', waiting.length],
    ['builds_total', 'counter', 'Pyramids built since the start.', built],
    ['builds_failed_total', 'counter', 'Builds that failed since the start.', failed],
    ['derivative_bytes', 'gauge', 'What all pyramids take on the disk.', derivativeBytes],
    ['derivatives_evicted_total', 'counter', 'Pyramids removed since the start to make room.', evicted],
    ['refused_files', 'gauge', 'Files not decoded as they bring down decoders.', refusedFiles],
  ]
    .filter(([, , , value]) => value !== undefined)
    .map(([name, type, help, value]) => {
      const full = `mezzotint_${name}`;
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`;
    })
    .join('');
}

const NO_BUILDS: BuildState = { running: undefined, waiting: [], built: 0, failed: 0, evicted: 0 };
