// Scaling: weighted sums of rows, then of the columns of each. The weights of one sum follow each other and are an even number;
// all functions read and write up to 16 bytes beyond what they are told.
#include <wasm_simd128.h>
#include "kernel.h"

// Bytes are reckoned in whole numbers: weights have 14 bits after the point, sums between the passes 6.
enum { WEIGHT_BITS = 14, BETWEEN_BITS = 6, BLEND_SHIFT = WEIGHT_BITS - BETWEEN_BITS, GATHER_SHIFT = WEIGHT_BITS + BETWEEN_BITS };

#define INLINE static inline __attribute__((always_inline))

/** The low or the high half of 16 pairs of bytes, each pair weighed and added up. */
#define WEIGH_PAIRS(half, pairs, weight) wasm_i32x4_dot_i16x8(wasm_u16x8_extend_##half##_u8x16(pairs), weight)

INLINE v128_t drop_bits(v128_t first, v128_t second, int bits) {
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(first, bits), wasm_i32x4_shr(second, bits));
}

/** out[i] = the sum of rows[tap * length + i] * weights[tap] */
void EXPORT(blend_bytes)(const uint8_t *rows, int length, const int16_t *weights, int taps, int16_t *out) {
  for (int at = 0; at < length; at += 16) {
    const uint8_t *row = rows + at;
    v128_t a = wasm_i32x4_splat(1 << (BLEND_SHIFT - 1)), b = a, c = a, d = a;
    for (int tap = 0; tap < taps; tap += 2, row += 2 * length) {
      const v128_t weight = wasm_v128_load32_splat(weights + tap);
      const v128_t upper = wasm_v128_load(row), lower = wasm_v128_load(row + length);
      const v128_t left = wasm_i8x16_shuffle(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const v128_t right = wasm_i8x16_shuffle(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      a = wasm_i32x4_add(a, WEIGH_PAIRS(low, left, weight));
      b = wasm_i32x4_add(b, WEIGH_PAIRS(high, left, weight));
      c = wasm_i32x4_add(c, WEIGH_PAIRS(low, right, weight));
      d = wasm_i32x4_add(d, WEIGH_PAIRS(high, right, weight));
    }
    wasm_v128_store(out + at, drop_bits(a, b, BLEND_SHIFT));
    wasm_v128_store(out + at + 8, drop_bits(c, d, BLEND_SHIFT));
  }
}

/** The sum of two neighbouring pixels of three bands, weighed; the fourth lane means nothing. */
INLINE v128_t weigh_colours(const int16_t *pixels, const int16_t *weights) {
  const v128_t first = wasm_v128_load64_zero(pixels), second = wasm_v128_load64_zero(pixels + 3);
  const v128_t pairs = wasm_i16x8_shuffle(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
  return wasm_i32x4_dot_i16x8(pairs, wasm_v128_load32_splat(weights));
}

INLINE void gather_colours(const int16_t *row, const int32_t *starts, const int16_t *weights, int taps, int count, uint8_t *out) {
  for (int index = 0; index < count; index++, weights += taps, out += 3) {
    const int16_t *from = row + starts[index];
    v128_t sum = wasm_i32x4_splat(1 << (GATHER_SHIFT - 1));
    for (int tap = 0; tap < taps; tap += 2) sum = wasm_i32x4_add(sum, weigh_colours(from + 3 * tap, weights + tap));
    const v128_t words = drop_bits(sum, sum, GATHER_SHIFT);
    wasm_v128_store32_lane(out, wasm_u8x16_narrow_i16x8(words, words), 0);
  }
}

/** Two taps of each of four pixels. */
INLINE v128_t pairs_of_four(const int16_t *a, const int16_t *b, const int16_t *c, const int16_t *d) {
  v128_t pairs = wasm_v128_load32_zero(a);
  pairs = wasm_v128_load32_lane(b, pairs, 1);
  pairs = wasm_v128_load32_lane(c, pairs, 2);
  return wasm_v128_load32_lane(d, pairs, 3);
}

/** Four pixels at a time: the starts after the last have to be ones to read from. */
INLINE void gather_grey(const int16_t *row, const int32_t *starts, const int16_t *weights, int taps, int count, uint8_t *out) {
  for (int at = 0; at < count; at += 4, starts += 4, weights += 4 * taps) {
    v128_t sum = wasm_i32x4_splat(1 << (GATHER_SHIFT - 1));
    for (int tap = 0; tap < taps; tap += 2) {
      const int16_t *from = row + tap, *by = weights + tap;
      const v128_t samples = pairs_of_four(from + starts[0], from + starts[1], from + starts[2], from + starts[3]);
      const v128_t factors = pairs_of_four(by, by + taps, by + 2 * taps, by + 3 * taps);
      sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(samples, factors));
    }
    const v128_t words = drop_bits(sum, sum, GATHER_SHIFT);
    wasm_v128_store32_lane(out + at, wasm_u8x16_narrow_i16x8(words, words), 0);
  }
}

/** Pixel i of out = the sum of the pixels from row[starts[i]] on, weighed; one band or three. */
void EXPORT(gather_bytes)(const int16_t *row, const int32_t *starts, const int16_t *weights, int taps, int count, int bands, uint8_t *out) {
  // The usual numbers of taps have loops of their own, without a loop inside.
  if (bands == 1 && taps == 4) gather_grey(row, starts, weights, 4, count, out);
  else if (bands == 1) gather_grey(row, starts, weights, taps, count, out);
  else if (taps == 2) gather_colours(row, starts, weights, 2, count, out);
  else if (taps == 4) gather_colours(row, starts, weights, 4, count, out);
  else gather_colours(row, starts, weights, taps, count, out);
}

/** The same as blend_bytes of real numbers. */
void EXPORT(blend_reals)(const float *rows, int length, const float *weights, int taps, float *out) {
  for (int at = 0; at < length; at += 4) {
    const float *row = rows + at;
    v128_t sum = wasm_f32x4_splat(0);
    for (int tap = 0; tap < taps; tap++, row += length) {
      sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(row), wasm_v128_load32_splat(weights + tap)));
    }
    wasm_v128_store(out + at, sum);
  }
}

/** The same as gather_bytes of real numbers, one to four bands: what a pixel writes beyond its own the next overwrites. */
void EXPORT(gather_reals)(const float *row, const int32_t *starts, const float *weights, int taps, int count, int bands, float *out) {
  for (int index = 0; index < count; index++, weights += taps, out += bands) {
    const float *from = row + starts[index];
    v128_t sum = wasm_f32x4_splat(0);
    for (int tap = 0; tap < taps; tap++, from += bands) {
      sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(from), wasm_v128_load32_splat(weights + tap)));
    }
    wasm_v128_store(out, sum);
  }
}

INLINE v128_t rounded(const float *four) {
  return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_add(wasm_v128_load(four), wasm_f32x4_splat(0.5f)));
}

INLINE void store_bytes(v128_t words, uint8_t *out) { wasm_v128_store64_lane(out, wasm_u8x16_narrow_i16x8(words, words), 0); }

INLINE void store_words(v128_t words, uint16_t *out) { wasm_v128_store(out, words); }

/** Samples as real numbers and back, for one type. Where the last band is opacity the others are multiplied by it. */
#define CONVERSIONS(Sample, MOST, narrow_eight, store, widen, narrow)                                        \
  void EXPORT(widen)(const Sample *samples, int pixels, int bands, int has_alpha, float *out) {              \
    for (int at = 0; at < pixels * bands; at++) out[at] = samples[at];                                       \
    for (int at = 0; has_alpha && at < pixels * bands; at += bands) {                                        \
      for (int band = 0; band < bands - 1; band++) out[at + band] *= out[at + bands - 1] * (1.0f / MOST);     \
    }                                                                                                        \
  }                                                                                                          \
  void EXPORT(narrow)(float *row, int pixels, int bands, int has_alpha, Sample *out) {                       \
    for (int at = 0; has_alpha && at < pixels * bands; at += bands) {                                        \
      const float alpha = row[at + bands - 1];                                                               \
      for (int band = 0; band < bands - 1; band++) row[at + band] *= alpha > 0 ? MOST / alpha : 0;            \
    }                                                                                                        \
    for (int at = 0; at < pixels * bands; at += 8) {                                                         \
      store(narrow_eight(rounded(row + at), rounded(row + at + 4)), out + at);                               \
    }                                                                                                        \
  }

CONVERSIONS(uint8_t, 255.0f, wasm_i16x8_narrow_i32x4, store_bytes, widen_bytes, narrow_bytes)
CONVERSIONS(uint16_t, 65535.0f, wasm_u16x8_narrow_i32x4, store_words, widen_words, narrow_words)
