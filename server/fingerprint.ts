import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';

/** Version of the way from stored bytes to answers: a new one makes every cached image and entity tag a new one too. */
const PIPELINE = 4;

/** Of all settings that change pixels or encoding: the same on every replica that is set alike. */
export function fingerprintOf({ encoding, files, limits, metadata }: Config, watermark: string | undefined): string {
  const maxIcc = String(metadata.maxIcc); // JSON has no Infinity
  const settings = JSON.stringify([
    PIPELINE,
    encoding,
    limits.interpolation,
    files.orientation,
    metadata.rights,
    metadata.colour,
    maxIcc,
    watermark,
  ]);
  return createHash('sha256').update(settings).digest('base64url').slice(0, 12);
}
