/**
 * Asked between two pieces of work: undefined when there is time for the next, else a promise for the event loop's having
 * turned once.
 */
export type TakeTurn = () => Promise<void> | undefined;

/** How long decoding may hold the event loop before other requests get their turn, in milliseconds. */
const TURN_LENGTH = 10;

/** One for all the work of a process: its times add up, however many windows are read side by side. */
export function createTurns(): TakeTurn {
  let start = performance.now();
  let turn: Promise<void> | undefined;

  async function waitForTurn(): Promise<void> {
    await nextTurn();
    start = performance.now();
    turn = undefined;
  }

  return () => {
    if (!turn && performance.now() - start < TURN_LENGTH) return undefined;
    turn ??= waitForTurn();
    return turn;
  };
}

/** Lets the event loop turn once. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Lets the event loop look for news from outside: what is set aside once may run before that. */
export async function untilPolled(): Promise<void> {
  await nextTurn();
  await nextTurn();
}
