import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));

/** A server of its own in another process. */
export interface RunningServer {
  /** Without a slash at the end. */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Starts the built server as its users do and waits until it says where it listens.
 *
 * @param folder - of the images
 * @param options - further ones of the command line
 */
export async function startServer(folder: string, ...options: readonly string[]): Promise<RunningServer> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, [MAIN, folder, '--port', '0', ...options], { stdio: [...stdio] });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /^Mezzotint serves .* at (?<address>http:\/\/\S+?)\/?$/.exec(line)?.groups?.address;
    if (address === undefined) continue;
    child.stdout.resume();
    return {
      address,
      async stop() {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error('the server ended without listening');
}
