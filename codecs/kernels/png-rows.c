// Rows of a PNG: each as its difference from the pixel to the left or from the row above, whichever is smaller.
#include <wasm_simd128.h>
#include "kernel.h"

enum filter { SUB = 1, UP = 2 };

static inline v128_t difference(const uint8_t *from, const uint8_t *what) {
  return wasm_i8x16_sub(wasm_v128_load(from), wasm_v128_load(what));
}

/** The sizes of signed differences, added up in fours. */
static inline v128_t sizes(v128_t differences) {
  return wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(wasm_i8x16_abs(differences)));
}

static inline int total(v128_t sum) {
  return wasm_i32x4_extract_lane(sum, 0) + wasm_i32x4_extract_lane(sum, 1) + wasm_i32x4_extract_lane(sum, 2) +
         wasm_i32x4_extract_lane(sum, 3);
}

static enum filter smaller(const uint8_t *row, const uint8_t *above, int length, int step) {
  v128_t sub = wasm_i32x4_splat(0), up = sub;
  for (int at = 0; at < length; at += 16) {
    sub = wasm_i32x4_add(sub, sizes(difference(row + at, row + at - step)));
    up = wasm_i32x4_add(up, sizes(difference(row + at, above + at)));
  }
  return total(sub) < total(up) ? SUB : UP;
}

static void write_row(enum filter filter, const uint8_t *row, const uint8_t *what, int length, uint8_t *out) {
  out[0] = filter;
  for (int at = 0; at < length; at += 16) wasm_v128_store(out + 1 + at, difference(row + at, what + at));
}

/**
 * Filters rows that follow each other. Reads and writes up to 15 bytes beyond them, and reads `step` before.
 *
 * @param above what the first row is compared with
 * @param step bytes of a pixel
 */
void EXPORT(filter_rows)(const uint8_t *above, const uint8_t *rows, int length, int count, int step, uint8_t *out) {
  for (int row = 0; row < count; row++, above = rows, rows += length, out += length + 1) {
    const enum filter filter = smaller(rows, above, length, step);
    write_row(filter, rows, filter == UP ? above : rows - step, length, out);
    for (int at = 0; filter == SUB && at < step; at++) out[1 + at] = rows[at]; // nothing lies to their left
  }
}

/** Turns samples of 16 bits round, in place. */
void EXPORT(swap_words)(uint16_t *words, int count) {
  for (int at = 0; at < count; at++) words[at] = (uint16_t)(words[at] << 8 | words[at] >> 8);
}
