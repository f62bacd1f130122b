import type { Config } from '../config/config.ts';
import type { BuildOrder } from './derivatives/build-order.ts';

/** What the supervisor tells a worker. */
export type SupervisorMessage =
  | { readonly kind: 'start'; readonly config: Config }
  | { readonly kind: 'empty-caches' }
  /** The images whose pyramids are being built or wait for it, by their names. */
  | { readonly kind: 'builds'; readonly names: readonly string[] }
  | { readonly kind: 'stop' };

/** What a worker tells the supervisor. */
export type WorkerMessage =
  /** Orders sent before this would be lost. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'listening' }
  | { readonly kind: 'build'; readonly order: BuildOrder }
  /** The configuration names something that this machine does not have; `problem` is a line for the operator. */
  | { readonly kind: 'cannot-start'; readonly problem: string }
  /** @see listenProblem for what becomes of `code` */
  | { readonly kind: 'cannot-listen'; readonly code: string; readonly reason: string };
