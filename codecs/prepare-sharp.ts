import sharp from 'sharp';

/**
 * Sets sharp up for a server, once in a process: no cache of its own, no threads beside the one a job runs on, and no
 * file formats but those that are decoded through it.
 */
export function prepareSharp(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  allowOnlyNeeded();
}

/** Lets sharp read a file of the operator's own, of whatever kind: only before anything is served. */
export async function withEveryFormat<T>(work: () => Promise<T>): Promise<T> {
  sharp.unblock({ operation: ['VipsForeignLoad'] });
  try {
    return await work();
  } finally {
    allowOnlyNeeded();
  }
}

function allowOnlyNeeded(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    // TIFF only as this server itself wraps a strip in one; what is in a user's file never gets there as it is.
    operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff'].map((loader) => `VipsForeignLoad${loader}Buffer`),
  });
}
