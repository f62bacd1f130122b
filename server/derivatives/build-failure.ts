/** What kept a pyramid from being built. */
export type BuildFault =
  /** The image cannot be decoded. */
  | 'image'
  /** The decoder brought its process down. */
  | 'crash'
  /** Somebody killed the process, or the machine did. */
  | 'killed'
  | 'late'
  /** The pyramid takes more than all of them may. */
  | 'size'
  /** The folder of pyramids is full, or cannot be written. */
  | 'folder';

/** What whoever reads the log can do about it. */
const ADVICE: Readonly<Record<BuildFault, string>> = {
  image: 'replace the file if it is damaged; until then it is decoded as a whole where that can be done',
  crash: 'replace the file: it is damaged, or not what it looks like',
  killed:
    'see whether the machine ran out of memory, or make a pyramid of the image with mezzotint convert and serve that',
  late: 'make a pyramid of the image with mezzotint convert and serve that',
  size: 'raise DERIVATIVES_MAX_BYTES, or make a pyramid of the image with mezzotint convert and serve that',
  folder: 'make room, let the folder be written, or choose another with DERIVATIVES',
};

/** A pyramid was not built. */
export class BuildFailure extends Error {
  readonly fault: BuildFault;
  readonly advice: string;

  constructor(fault: BuildFault, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.fault = fault;
    this.advice = ADVICE[fault];
  }
}

/** In the words of the C library, which is all that decoders hand on. */
const OF_THE_FOLDER = /no space left|quota exceeded|file too large|read-only file system|permission denied/i;

/** The folder, or what is in it, went away: 116 is ESTALE, of which Node knows no name. */
const GONE = /no such file or directory|stale (nfs )?file handle|system error -116/i;
/** Images are never written. */
const WRITING = /, (write|fsync)$/;

/**
 * What a decoder and encoder at work say.
 *
 * @param folder - of pyramids: anything else that is missing is a fault of the image
 */
export function failureOfWords(reason: string, folder: string): BuildFailure {
  const isGone = GONE.test(reason) && (reason.includes(folder) || WRITING.test(reason));
  return new BuildFailure(isGone || OF_THE_FOLDER.test(reason) ? 'folder' : 'image', reason);
}

/** @param ending - a signal or exit code of a process that said nothing */
export function failureOfEnding(ending: string): BuildFailure {
  const fault = CRASHES.includes(ending) ? 'crash' : 'killed';
  return new BuildFailure(fault, `the process that built it ended with ${ending}`);
}

const CRASHES: readonly string[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP'];
