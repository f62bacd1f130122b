import type { Rect, Size } from '../../image/geometry.ts';
import type { Samples } from './recolour.ts';

/** Adds up pixels of a level that a coarser one is made of. */
export interface Shrinking {
  /**
   * @param samples - those of `area`
   * @param part - the pixels to add, in those of the finer level, inside `area`
   */
  add(samples: Samples, area: Rect, part: Rect): void;
  /** Writes the means. */
  finish(output: Samples): void;
}

/**
 * @param window - in pixels of the coarser level
 * @param shrink - pixels of the finer level to one of it, in either direction; fewer at the right and lower edges
 */
export function createShrinking(window: Rect, bands: number, shrink: number): Shrinking {
  const sums = new Float64Array(window.width * window.height * bands);
  const counts = new Uint32Array(window.width * window.height);

  function addRow(samples: Samples, from: number, place: { readonly x: number; readonly width: number; row: number }) {
    for (let x = 0; x < place.width; x++) {
      const pixel = place.row * window.width + Math.floor((place.x + x) / shrink) - window.x;
      for (let band = 0; band < bands; band++) {
        const at = pixel * bands + band;
        sums[at] = Number(sums[at]) + Number(samples[(from + x) * bands + band]);
      }
      counts[pixel] = Number(counts[pixel]) + 1;
    }
  }

  return {
    add(samples, area, part) {
      for (let y = part.y; y < part.y + part.height; y++) {
        const from = (y - area.y) * area.width + part.x - area.x;
        addRow(samples, from, { x: part.x, width: part.width, row: Math.floor(y / shrink) - window.y });
      }
    },
    finish(output) {
      for (let at = 0; at < output.length; at++) {
        output[at] = Math.round(Number(sums[at]) / Number(counts[Math.floor(at / bands)]));
      }
    },
  };
}

/** The pixels of the finer level that make a window of the coarser one. */
export function finerWindow(window: Rect, shrink: number, finer: Size): Rect {
  const x = window.x * shrink;
  const y = window.y * shrink;
  return {
    x,
    y,
    width: Math.min(window.width * shrink, finer.width - x),
    height: Math.min(window.height * shrink, finer.height - y),
  };
}
