import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/** The place of a socket is taken: the code is that of a failed `listen`. */
export class SocketFileInUse extends Error {
  readonly code: 'EADDRINUSE' | 'EEXIST';

  constructor(code: SocketFileInUse['code']) {
    super(`the socket cannot be made: ${code}`);
    this.code = code;
  }
}

/**
 * Removes the socket that a dead server left behind.
 *
 * @throws SocketFileInUse when a server listens there or the file is no socket; errors of the file system
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const stats = await lstat(path).catch(ignoreMissing);
  if (!stats) return;
  if (!stats.isSocket()) throw new SocketFileInUse('EEXIST');
  if (await isServed(path)) throw new SocketFileInUse('EADDRINUSE');
  await removeSocket(path);
}

/** Removes our own socket; one that is gone already is fine. */
export async function removeSocket(path: string): Promise<void> {
  await unlink(path).catch(ignoreMissing);
}

/** Whether anything answers; only a refusal says for certain that nothing does. */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else if (error.code === 'EAGAIN')
        resolve(true); // its backlog is full
      else reject(error);
    });
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
