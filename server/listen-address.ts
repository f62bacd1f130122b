import { createServer } from 'node:net';
import type { Config } from '../config/config.ts';

type Listen = Config['listen'];

/** What a person types into a browser: `localhost` where the server listens on every address. */
export function addressForPeople({ host, port, unixPath }: Listen): string {
  if (unixPath !== undefined) return `unix:${unixPath}`;
  const isEverywhere = host === '0.0.0.0' || host === '::';
  return `http://${isEverywhere ? 'localhost' : bracketed(host)}:${port}/`;
}

/** Why listening failed, and what to do about it, in one line. */
export function listenProblem(listen: Listen, code: string, reason: string): string {
  const { host, port, unixPath } = listen;
  const where = unixPath === undefined ? `${bracketed(host)}:${port}` : `unix:${unixPath}`;
  const advice = unixPath === undefined ? TCP_ADVICE[code] : SOCKET_ADVICE[code];
  return `Mezzotint cannot listen on ${where}: ${advice ?? reason}`;
}

const TCP_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port. Stop that program, or choose another port with --port.',
  EACCES: 'permission denied. Ports below 1024 are reserved; choose another with --port.',
  EADDRNOTAVAIL: 'this machine does not have that address. Choose another with --host.',
  ENOTFOUND: 'no such host. Choose another with --host.',
  EAFNOSUPPORT: 'this machine does not speak that version of IP. Choose another address with --host.',
};

const SOCKET_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another server listens there. Stop it, or choose another path with --bind.',
  EEXIST: 'a file that is no socket is in the way. Remove it, or choose another path with --bind.',
  EACCES: 'permission denied. Choose a path in a folder that this user may write to with --bind.',
  ENOENT: 'its folder does not exist. Create it, or choose another path with --bind.',
  ENOTDIR: 'its folder is a file. Choose another path with --bind.',
};

/** A port nobody uses: all workers, also later ones, must listen on the same. */
export function findFreePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
