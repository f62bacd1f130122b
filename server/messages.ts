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
  /** @see listenProblem for what becomes of `code` */
  | { readonly kind: 'cannot-listen'; readonly code: string; readonly reason: string };
