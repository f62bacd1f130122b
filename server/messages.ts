import type { Config } from '../config/config.ts';

/** What the supervisor tells a worker. */
export type SupervisorMessage =
  | { readonly kind: 'start'; readonly config: Config }
  | { readonly kind: 'empty-caches' }
  | { readonly kind: 'stop' };

/** What a worker tells the supervisor. */
export type WorkerMessage =
  /** Orders sent before this would be lost. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'listening' }
  /** The configuration names something that this machine does not have; `problem` is a line for the operator. */
  | { readonly kind: 'cannot-start'; readonly problem: string }
  /** @see listenProblem for what becomes of `code` */
  | { readonly kind: 'cannot-listen'; readonly code: string; readonly reason: string };
