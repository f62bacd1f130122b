import type { DecodeEvent } from '../codecs/decode-watch.ts';
import type { Config } from '../config/config.ts';
import type { BuildOrder, BuildState } from './derivatives/build-order.ts';

/** What the supervisor tells a worker. */
export type SupervisorMessage =
  | { readonly kind: 'start'; readonly config: Config; readonly refused: readonly string[] }
  | { readonly kind: 'empty-caches' }
  | { readonly kind: 'builds'; readonly state: BuildState }
  /** There will be no pyramid of that key in this run. */
  | { readonly kind: 'unbuildable'; readonly key: string }
  /** Identities of the files that no decoder is to go at. */
  | { readonly kind: 'refuse'; readonly files: readonly string[] }
  | { readonly kind: 'stop' };

/** What a worker tells the supervisor. */
export type WorkerMessage =
  /** Orders sent before this would be lost. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'listening' }
  | { readonly kind: 'build'; readonly order: BuildOrder }
  | { readonly kind: 'decode'; readonly event: DecodeEvent }
  /** The configuration names something that this machine does not have; `problem` is a line for the operator. */
  | { readonly kind: 'cannot-start'; readonly problem: string }
  /** @see listenProblem for what becomes of `code` */
  | { readonly kind: 'cannot-listen'; readonly code: string; readonly reason: string };
