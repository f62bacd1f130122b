// Weighs each pixel with its neighbours, in double precision and in the order in which image/operations/convolve.ts adds up, so that
// both give the same bytes. Up to 64 bytes are read and written beyond the end of rows.
#include <string.h>
#include <wasm_simd128.h>
#include "kernel.h"

#define INLINE static inline __attribute__((always_inline))

/** Values that are reckoned at once, two in a vector. */
enum { VECTORS = 4, AT_ONCE = 2 * VECTORS };

/** An area of pixels, and the part of it that is wanted; it lies as far inside as a kernel reaches, or at the edge of the image. */
typedef struct {
  int width, height, bands;
  int x, y, part_width, part_height;
} Place;

/** How samples become values and values bytes. */
typedef struct {
  double min, width, scale;
} Levels;

/** Makes a line of values of one type of samples: those of pixels from `x` on, the nearest of the row where there are none. */
#define DEFINE_LOAD(name, Sample)                                                                                \
  INLINE void name(const Sample *row, const Place *place, int x, int pixels, Levels levels, double *line) {      \
    const int bands = place->bands, before = x < 0 ? -x : 0;                                                     \
    const int end = place->width - x < pixels ? place->width - x : pixels;                                       \
    const Sample *from = row + x * bands;                                                                        \
    _Pragma("clang loop vectorize_width(4)")                                                                     \
    for (int at = before * bands; at < end * bands; at++) {                                                      \
      const double sample = from[at];                                                                            \
      line[at] = sample - sample == 0 ? (sample - levels.min) / levels.width : 0;                                \
    }                                                                                                            \
    for (int at = before * bands - 1; at >= 0; at--) line[at] = line[at + bands];                                \
    for (int at = end * bands; at < pixels * bands; at++) line[at] = line[at - bands];                           \
  }

/** Adds the neighbours in one line to some values, those up to the middle summed up before. */
INLINE void add_line(const double *line, const double *factors, int side, int bands, v128_t sums[VECTORS]) {
  v128_t left[VECTORS] = {0};
  for (int tap = 0; tap < side; tap++) {
    v128_t *to = tap <= side / 2 ? left : sums;
    const v128_t factor = wasm_f64x2_splat(factors[tap]);
    for (int vector = 0; factors[tap] != 0 && vector < VECTORS; vector++) {
      const v128_t values = wasm_v128_load(line + tap * bands + 2 * vector);
      to[vector] = wasm_f64x2_add(to[vector], wasm_f64x2_mul(values, factor));
    }
    for (int vector = 0; tap == side / 2 && vector < VECTORS; vector++) {
      sums[vector] = wasm_f64x2_add(sums[vector], left[vector]);
    }
  }
}

INLINE v128_t whole_numbers(v128_t values, double scale) {
  const v128_t samples = wasm_f64x2_mul(values, wasm_f64x2_splat(scale));
  const v128_t cut = wasm_f64x2_pmin(wasm_f64x2_splat(255), wasm_f64x2_pmax(wasm_f64x2_splat(0), samples));
  return wasm_i32x4_trunc_sat_f64x2_zero(wasm_f64x2_add(cut, wasm_f64x2_splat(0.5)));
}

INLINE void store(const v128_t sums[VECTORS], double scale, uint8_t *out) {
  const v128_t first = wasm_i64x2_shuffle(whole_numbers(sums[0], scale), whole_numbers(sums[1], scale), 0, 2);
  const v128_t second = wasm_i64x2_shuffle(whole_numbers(sums[2], scale), whole_numbers(sums[3], scale), 0, 2);
  const v128_t words = wasm_i16x8_narrow_i32x4(first, second);
  wasm_v128_store64_lane(out, wasm_u8x16_narrow_i16x8(words, words), 0);
}

/** One row of bytes of as many lines as the kernel has rows. */
INLINE void weigh_lines(const double *const *lines, const double *factors, int side, int bands, int length, double scale, uint8_t *out) {
  for (int at = 0; at < length; at += AT_ONCE) {
    v128_t sums[VECTORS] = {0};
    for (int row = 0; row < side; row++) add_line(lines[row] + at, factors + row * side, side, bands, sums);
    store(sums, scale, out + at);
  }
}

INLINE int within(int value, int end) { return value < 0 ? 0 : value < end ? value : end - 1; }

/** @param room for as many lines as the kernel has rows */
#define DEFINE_CONVOLVE(name, load, Sample)                                                                            \
  DEFINE_LOAD(load, Sample)                                                                                            \
  INLINE void name##_by(const Sample *samples, const Place *place, const double *factors, int side, Levels levels,     \
                        double *room, uint8_t *out) {                                                                  \
    const int reach = side / 2, pixels = place->part_width + 2 * reach, length = place->part_width * place->bands;     \
    const int line_length = pixels * place->bands + AT_ONCE;                                                           \
    for (int row = 0; row < place->part_height + 2 * reach; row++) {                                                   \
      const int y = within(place->y - reach + row, place->height);                                                     \
      const Sample *from = samples + y * place->width * place->bands;                                                  \
      load(from, place, place->x - reach, pixels, levels, room + row % side * line_length);                            \
      if (row < 2 * reach) continue;                                                                                   \
      const double *lines[5];                                                                                          \
      for (int line = 0; line < side; line++) lines[line] = room + (row + 1 + line) % side * line_length;              \
      weigh_lines(lines, factors, side, place->bands, length, levels.scale, out + (row - 2 * reach) * length);         \
    }                                                                                                                  \
  }                                                                                                                    \
  void EXPORT(name)(const Sample *samples, const Place *place, const double *factors, int side, const Levels *levels,  \
                    double *room, uint8_t *out) {                                                                      \
    if (side == 3) name##_by(samples, place, factors, 3, *levels, room, out);                                          \
    else name##_by(samples, place, factors, 5, *levels, room, out);                                                    \
  }

DEFINE_CONVOLVE(convolve_bytes, load_bytes, uint8_t)
DEFINE_CONVOLVE(convolve_words, load_words, uint16_t)
DEFINE_CONVOLVE(convolve_reals, load_reals, float)
