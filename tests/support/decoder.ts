import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A file to decode; what comes back has the same number. */
export interface DecodeOrder {
  readonly id: number;
  readonly file: Uint8Array;
}

/** Samples of 8 bits, interleaved. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

export type DecodedReply = { readonly id: number } & (DecodedImage | { readonly problem: string });

/** A judge of encoded images that shares nothing with the server but the library. */
export interface Decoder {
  decode(file: Uint8Array): Promise<DecodedImage>;
  stop(): void;
}

export function startDecoder(): Decoder {
  const path = fileURLToPath(new URL('./decoder-process.js', import.meta.url));
  const child = fork(path, { serialization: 'advanced' });
  const waiting = new Map<number, { resolve: (image: DecodedImage) => void; reject: (error: Error) => void }>();
  let count = 0;
  child.on('message', (reply: DecodedReply) => {
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('problem' in reply) caller?.reject(new Error(reply.problem));
    else caller?.resolve(reply);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the decoder ended with ${code}`));
  });
  return {
    decode: (file) =>
      new Promise((resolve, reject) => {
        const id = count++;
        waiting.set(id, { resolve, reject });
        child.send({ id, file });
      }),
    stop: () => child.disconnect(),
  };
}
