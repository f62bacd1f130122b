import { BLOCK_STYLE } from '../coding-style.ts';

/** Coding passes before the first that bypasses the arithmetic coder. */
const CODED_PASSES = 10;
/** More than a code-block has. */
const UNLIMITED = 164;

/**
 * How many further coding passes the segment takes that the next one belongs to: segments end where the arithmetic coder does.
 *
 * @param passes - those of the code-block so far
 * @see ISO/IEC 15444-1 table D.9, ISO/IEC 15444-15 §B
 */
export function segmentRoom(blockStyle: number, passes: number): number {
  if ((blockStyle & BLOCK_STYLE.highThroughput) !== 0) return passes === 0 ? 1 : UNLIMITED;
  if ((blockStyle & BLOCK_STYLE.terminateAll) !== 0) return 1;
  if ((blockStyle & BLOCK_STYLE.bypass) === 0) return UNLIMITED;
  if (passes < CODED_PASSES) return CODED_PASSES - passes;
  return (passes - CODED_PASSES) % 3 === 0 ? 2 : 1;
}

/** Whether a new segment begins with the pass after so many. */
export function isSegmentStart(blockStyle: number, passes: number): boolean {
  return passes === 0 || segmentRoom(blockStyle, passes - 1) === 1;
}
