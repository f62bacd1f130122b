import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TakeTurn } from '../codecs/turns.ts';
import { readMark } from '../codecs/watermark/read-mark.ts';
import { createWatermark, type Watermark } from '../codecs/watermark/watermark.ts';
import type { Config } from '../config/config.ts';
import { StartFailure } from './start-failure.ts';

/** A watermark, and what tells it from others: its file's content and its settings, wherever the file lies. */
export interface OpenedWatermark {
  readonly watermark: Watermark;
  readonly identity: string;
}

/**
 * Reads the watermark that is configured; undefined where there is none, or where it would never show.
 *
 * @throws StartFailure when its file cannot be read
 */
export async function openWatermark(
  settings: Config['watermark'],
  takeTurn: TakeTurn,
): Promise<OpenedWatermark | undefined> {
  if (!settings) return undefined;
  const { path, probability, opacity, placement } = settings;
  try {
    const bytes = await readFile(path);
    const mark = await readMark(bytes, opacity);
    if (probability === 0 || opacity === 0) return undefined;
    const digest = createHash('sha256').update(bytes).digest('base64url');
    const identity = JSON.stringify([digest, probability, opacity, placement]);
    return { watermark: createWatermark({ mark, probability, placement }, takeTurn), identity };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartFailure(`Mezzotint cannot read its watermark WATERMARK=${path}: ${reason}`, { cause: error });
  }
}
