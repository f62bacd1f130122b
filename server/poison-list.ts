import type { FileState } from '../image/source.ts';
import type { Log } from './logging/log.ts';

/** Files that no decoder is let go at for a while, as they bring decoders down. */
export interface PoisonList {
  /** A decoder was lost while it was at that file, which may not have been the only one. */
  noteLoss(file: FileState): void;
  /** The identities of the files that are refused. */
  refused(): readonly string[];
}

interface PoisonNeeds {
  readonly log: Log;
  /** What is refused is not what it was. */
  readonly onChange: (refused: readonly string[]) => void;
}

/** One may be chance: another file decoded at that time, or somebody who ended the process. */
const LOSSES_ALLOWED = 1;
const REFUSED_MS = 600_000;
/** Files remembered; the oldest go first. */
const MOST_FILES = 1000;

export function createPoisonList({ log, onChange }: PoisonNeeds): PoisonList {
  const losses = new Map<string, number>();
  const refused = () => [...losses].filter(([, count]) => count > LOSSES_ALLOWED).map(([identity]) => identity);

  function forget(identity: string): void {
    losses.delete(identity);
    onChange(refused());
  }

  function refuse({ identity, name }: FileState): void {
    log.error('a file that brings down decoders is refused for ten minutes', {
      image: name,
      advice: 'replace the file: it is damaged, or not what it looks like',
    });
    setTimeout(forget, REFUSED_MS, identity).unref();
    onChange(refused());
  }

  return {
    noteLoss(file) {
      const count = (losses.get(file.identity) ?? 0) + 1;
      losses.set(file.identity, count);
      if (losses.size > MOST_FILES) losses.delete(losses.keys().next().value ?? '');
      if (count === LOSSES_ALLOWED + 1) refuse(file);
    },
    refused,
  };
}
