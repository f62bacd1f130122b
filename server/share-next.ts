/**
 * Lets callers share a check that must begin after they ask: those who come while one is running wait together for the
 * next. Under load one look at a file then answers for several requests.
 */
export function shareNext<T>(check: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;

  function begin(): Promise<T> {
    next = undefined;
    const result = check();
    const settled = result.then(forget, forget);
    running = settled;
    function forget(): void {
      if (running === settled) running = undefined;
    }
    return result;
  }

  return () => {
    if (next) return next;
    if (!running) return begin();
    next = running.then(begin);
    return next;
  };
}
