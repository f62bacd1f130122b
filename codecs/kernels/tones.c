// What is done to each sample by itself, for pixels that come out as bytes. All functions read and write up to 32 bytes beyond
// what they are told.
#include <string.h>
#include <wasm_simd128.h>
#include "kernel.h"

#define INLINE static inline __attribute__((always_inline))

/** Functions that look samples of one type up: each by itself, or the first band of each pixel in a table of colours. */
#define LOOK_UPS(Sample, look_up, look_up_colours)                                                              \
  void EXPORT(look_up)(const Sample *samples, int count, const uint8_t *table, uint8_t *out) {                  \
    for (int at = 0; at < count; at++) out[at] = table[samples[at]];                                            \
  }                                                                                                             \
  void EXPORT(look_up_colours)(const Sample *samples, int pixels, int bands, const uint8_t *table, uint8_t *out) { \
    for (int at = 0; at < pixels; at++, out += 3) memcpy(out, table + 3 * samples[at * bands], 4);              \
  }

LOOK_UPS(uint8_t, look_up_bytes, look_up_byte_colours)
LOOK_UPS(uint16_t, look_up_words, look_up_word_colours)

/** All bits of those of two numbers that are finite, none of the others. */
INLINE v128_t if_finite(v128_t two) { return wasm_f64x2_eq(wasm_f64x2_sub(two, two), wasm_f64x2_splat(0)); }

INLINE v128_t low_doubles(v128_t four) { return wasm_f64x2_promote_low_f32x4(four); }

INLINE v128_t high_doubles(v128_t four) { return low_doubles(wasm_i64x2_shuffle(four, four, 1, 1)); }

typedef struct {
  v128_t min, gain, offset, white;
} Line;

/** What comes of two samples, as whole numbers in the lower half. */
INLINE v128_t level_two(v128_t two, Line line) {
  const v128_t product = wasm_f64x2_mul(wasm_f64x2_sub(two, line.min), line.gain);
  const v128_t value = wasm_f64x2_add(wasm_v128_and(product, if_finite(two)), line.offset);
  const v128_t cut = wasm_f64x2_pmin(line.white, wasm_f64x2_pmax(wasm_f64x2_splat(0), value)); // no number: 0
  return wasm_i32x4_trunc_sat_f64x2_zero(wasm_f64x2_add(cut, wasm_f64x2_splat(0.5)));
}

INLINE v128_t level_four(const float *samples, Line line) {
  const v128_t four = wasm_v128_load(samples);
  return wasm_i64x2_shuffle(level_two(low_doubles(four), line), level_two(high_doubles(four), line), 0, 2);
}

/** out = (sample - min) * gain + offset, rounded and cut; a sample that is no number or infinite counts as the least. */
void EXPORT(level_reals)(const float *samples, int count, double min, double gain, double offset, double white, uint8_t *out) {
  const Line line = {wasm_f64x2_splat(min), wasm_f64x2_splat(gain), wasm_f64x2_splat(offset), wasm_f64x2_splat(white)};
  for (int at = 0; at < count; at += 8) {
    const v128_t words = wasm_i16x8_narrow_i32x4(level_four(samples + at, line), level_four(samples + at + 4, line));
    wasm_v128_store64_lane(out + at, wasm_u8x16_narrow_i16x8(words, words), 0);
  }
}

/** Bins of two samples: from 1 on for values from 0 to 1, 0 below, and the one after the last from 1 on. */
INLINE v128_t bins_of_two(v128_t two, v128_t min, v128_t width, double bins) {
  const v128_t value = wasm_f64x2_div(wasm_f64x2_sub(two, min), width);
  const v128_t place = wasm_f64x2_mul(wasm_v128_and(value, if_finite(two)), wasm_f64x2_splat(bins));
  const v128_t below = wasm_f64x2_pmax(wasm_f64x2_splat(-1), wasm_f64x2_floor(place));
  return wasm_i32x4_trunc_sat_f64x2_zero(wasm_f64x2_add(wasm_f64x2_pmin(wasm_f64x2_splat(bins), below), wasm_f64x2_splat(1)));
}

/**
 * Colours of values, the samples brought from their range onto 0 to 1.
 *
 * @param colours of each bin, red in the lowest byte; negative where its values have several
 * @param undecided room for the places of the pixels in such bins
 * @returns how many of these there are
 */
int EXPORT(map_reals)(const float *samples, int count, double min, double width, int bins, const int32_t *colours, uint8_t *out,
                      int32_t *undecided) {
  const v128_t least = wasm_f64x2_splat(min), range = wasm_f64x2_splat(width);
  int found = 0;
  for (int at = 0; at < count; at += 4) {
    const v128_t four = wasm_v128_load(samples + at);
    int32_t places[4];
    const v128_t low = bins_of_two(low_doubles(four), least, range, bins);
    const v128_t high = bins_of_two(high_doubles(four), least, range, bins);
    wasm_v128_store(places, wasm_i64x2_shuffle(low, high, 0, 2));
    for (int pixel = at; pixel < at + 4; pixel++) {
      const int32_t colour = colours[places[pixel - at]];
      memcpy(out + 3 * pixel, &colour, 4);
      undecided[found] = pixel;
      found += colour < 0 && pixel < count;
    }
  }
  return found;
}
