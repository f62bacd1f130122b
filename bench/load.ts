import { Agent, get } from 'node:http';

/** What came back for one request. */
export interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly bytes: number;
}

/** A spell of load. */
export interface Spell {
  readonly seconds: number;
  /** Latency of each request in ms, in no particular order. */
  readonly latencies: readonly number[];
}

/** How a server is driven. */
export interface Drive {
  readonly agent: Agent;
  readonly connections: number;
  readonly seconds: number;
  /** The next address to ask for. */
  readonly next: () => string;
  /** @throws Error when the answer is not the one expected; that ends the spell */
  readonly check: (answer: Answer, url: string) => void;
}

/** Connections that stay open from one spell to the next. */
export function keepAlive(connections: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
}

/** Keeps `connections` requests on their way until the time is up, and waits for the last answers. */
export async function drive({ agent, connections, seconds, next, check }: Drive): Promise<Spell> {
  const latencies: number[] = [];
  const started = performance.now();
  const deadline = started + seconds * 1000;
  const client = async () => {
    for (let sent = started; sent < deadline; ) {
      const url = next();
      sent = performance.now();
      check(await ask(url, agent), url);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  return { seconds: (performance.now() - started) / 1000, latencies };
}

/** Asks for one address and reads the answer to its end; `take` gets the body piece by piece. */
export function ask(url: string, agent: Agent, take?: (chunk: Buffer) => void): Promise<Answer> {
  return new Promise((settle, fail) => {
    const request = get(url, { agent, timeout: 60_000 }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        take?.(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        const [mediaType = ''] = (response.headers['content-type'] ?? '').split(';');
        settle({ status: response.statusCode ?? 0, mediaType, bytes });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within a minute: ${url}`)));
    request.on('error', fail);
  });
}
