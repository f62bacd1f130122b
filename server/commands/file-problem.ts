import { CorruptSource, ImageError, SourceNotFound } from '../../image/errors.ts';

/** What is wrong with a file, for the person whose file it is. */
export function fileProblem(error: unknown): string {
  if (error instanceof SourceNotFound) return 'this is no image, or of a kind that is not known here';
  if (error instanceof CorruptSource) return `${error.message}: ${error.reason}${causeOf(error)}`;
  if (error instanceof ImageError) return error.message;
  return error instanceof Error ? systemProblem(error) : String(error);
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? ` (${cause.message.trim().replaceAll('\n', '; ')})` : '';
}

const SYSTEM_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read or written',
  EEXIST: 'a file has the name of a folder that is needed',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'there is no space left on the disk',
};

function systemProblem(error: NodeJS.ErrnoException): string {
  return SYSTEM_PROBLEMS[error.code ?? ''] ?? error.message;
}
