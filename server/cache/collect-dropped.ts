import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Has V8 collect memory that a cache has let go. */
export interface CollectDropped {
  /** Tells how many bytes nobody needs any more. */
  note(bytes: number): void;
}

/**
 * V8 itself waits until 64 MB more than after its last collection lie outside its heap, as encoded images do: a cache of 64 MB
 * then takes 128. A collection takes some 10 ms of CPU, a hundredth of what the images took that were let go.
 *
 * @param threshold - in bytes
 */
export function createCollectDropped(threshold: number): CollectDropped {
  const collect = findCollector();
  let dropped = 0;
  return {
    note(bytes) {
      dropped += bytes;
      if (dropped < threshold) return;
      dropped = 0;
      collect();
    },
  };
}

/** The engine's own function, which a flag gives to contexts that are made after it. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? () => void found({ type: 'major', execution: 'async' }) : () => undefined;
}
