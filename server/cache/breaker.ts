/** Why a call failed; a timeout weighs more, because each one costs its caller the whole wait. */
export type Failure = 'timeout' | 'error';

/** Stops calling what keeps failing, and tries again with one call at growing intervals. */
export interface Breaker {
  readonly isClosed: boolean;
  /** Whether a call may be made now; after a pause that is so for one call only, the probe. */
  mayCall(): boolean;
  succeeded(): void;
  failed(failure: Failure): void;
}

interface BreakerOptions {
  /** Milliseconds from any fixed point, never going back. */
  readonly now: () => number;
  readonly onChange: (isOpen: boolean) => void;
}

type State =
  | { readonly kind: 'closed'; readonly failures: readonly { readonly kind: Failure; readonly at: number }[] }
  | { readonly kind: 'open' | 'probing'; readonly pauseMs: number; readonly until: number };

const WINDOW_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const MOST_TIMEOUTS = 3;
const MOST_FAILURES = 5;
const CLOSED: State = { kind: 'closed', failures: [] };

/** Opens after 3 timeouts or 5 failures within 10 s, for 1 s at first, then twice as long each time up to 30 s. */
export function createBreaker({ now, onChange }: BreakerOptions): Breaker {
  let state: State = CLOSED;

  function pause(kind: 'open' | 'probing', pauseMs: number): void {
    state = { kind, pauseMs, until: now() + pauseMs };
  }

  return {
    get isClosed() {
      return state.kind === 'closed';
    },
    mayCall() {
      if (state.kind === 'closed') return true;
      if (now() < state.until) return false;
      pause('probing', state.pauseMs); // should this probe never be heard of again, another one follows
      return true;
    },
    succeeded() {
      if (state.kind === 'closed') return;
      state = CLOSED;
      onChange(false);
    },
    failed(kind) {
      if (state.kind === 'probing') pause('open', Math.min(2 * state.pauseMs, LONGEST_PAUSE_MS));
      if (state.kind !== 'closed') return; // a call from before: nothing new
      const at = now();
      const failures = [...state.failures.filter((failure) => failure.at > at - WINDOW_MS), { kind, at }];
      state = { kind: 'closed', failures };
      const timeouts = failures.filter((failure) => failure.kind === 'timeout').length;
      if (timeouts < MOST_TIMEOUTS && failures.length < MOST_FAILURES) return;
      pause('open', FIRST_PAUSE_MS);
      onChange(true);
    },
  };
}
