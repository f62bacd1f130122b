import { constants, fstatSync, openSync, write } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { createLineSink, type LineSink, type WriteText } from './line-sink.ts';

/**
 * Lines to standard output or standard error, whatever stands behind it.
 *
 * A pipe goes through the event loop, where a reader that stalls holds up nobody; written to by an I/O thread, it would
 * hold that thread. Files and terminals go through an I/O thread, because writing to them blocks.
 */
export function openStandardSink(stream: Writable & { readonly fd: number }): LineSink {
  stream.on('error', ignore); // an unheard error would end the process; the sink counts what is lost
  return createLineSink(isPipe(stream.fd) ? intoStream(stream) : intoFile(stream.fd));
}

/**
 * Lines appended to a file.
 *
 * @throws Error of the file system when it cannot be opened for writing
 */
export function openFileSink(path: string): LineSink {
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o644); // not blocking: it may be a FIFO
  if (!isPipe(fd)) return createLineSink(intoFile(fd));
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.on('error', ignore);
  socket.unref();
  return createLineSink(intoStream(socket));
}

function isPipe(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    return false; // closed: every write will fail and be counted
  }
}

function intoStream(stream: Writable): WriteText {
  return (text, done) => {
    stream.write(text, done);
  };
}

function intoFile(fd: number): WriteText {
  return (text, done) => writeAll(fd, Buffer.from(text), done);
}

function writeAll(fd: number, bytes: Buffer, done: (error?: Error | null) => void): void {
  write(fd, bytes, (error, written) => {
    if (error || written === bytes.length) return done(error);
    writeAll(fd, bytes.subarray(written), done);
  });
}

function ignore(): void {}
