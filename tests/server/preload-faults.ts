import cluster from 'node:cluster';
import { once } from 'node:events';
import { Server, ServerResponse } from 'node:http';

/** What a worker does wrong in a test; loaded into the real server by `--import`. */
const FAULTS: Readonly<Record<string, () => void>> = {
  'throw-at-signal': () => {
    process.on('SIGUSR2', () => {
      throw new Error('a defect made by a test');
    });
  },
  'reject-at-signal': () => {
    process.on('SIGUSR2', () => void Promise.reject(new Error('a defect made by a test')));
  },
  'die-at-start': () => process.exit(3),
  'hold-requests': holdRequests,
};

if (cluster.isWorker) FAULTS[process.env.TEST_FAULT ?? '']?.();

/** Requests for /held are answered when a signal comes. */
function holdRequests(): void {
  const { emit } = Server.prototype;
  Server.prototype.emit = function emitHeld(this: Server, event: string | symbol, ...args: unknown[]): boolean {
    const [request, response] = args;
    const isHeld = event === 'request' && isRequestFor(request, '/held') && response instanceof ServerResponse;
    if (isHeld) void answerAtSignal(response);
    return isHeld || Reflect.apply(emit, this, [event, ...args]);
  };
}

async function answerAtSignal(response: ServerResponse): Promise<void> {
  process.stderr.write('a request is held\n');
  await once(process, 'SIGUSR2');
  response.end('held');
}

function isRequestFor(request: unknown, url: string): boolean {
  return typeof request === 'object' && request !== null && 'url' in request && request.url === url;
}
