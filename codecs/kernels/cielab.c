// CIELAB to sRGB, four pixels at once (CIE 15, IEC 61966-2-1).
#include <wasm_simd128.h>
#include "kernel.h"

/** D65, divided by 100. */
#define WHITE_X 0.95047f
#define WHITE_Z 1.088827f

/** Steps of the table that turns linear light into sRGB bytes: none is wider than half a byte at its steepest. */
#define LIGHT_STEPS 16384

static uint8_t srgb_of_light[LIGHT_STEPS + 1];

/** By Newton's method; for numbers up to 1, which it then never falls below. */
static double fifth_root(double number) {
  double root = 1, before;
  do {
    before = root;
    root -= (root - number / (root * root * root * root)) / 5;
  } while (root < before);
  return root;
}

/** The light that a value from 0 to 1 of sRGB stands for. */
static double light_of_srgb(double value) {
  if (value <= 0.04045) return value / 12.92;
  double base = (value + 0.055) / 1.055, square = base * base;
  return square * fifth_root(square); // to the power of 2.4
}

static void prepare_table(void) {
  if (srgb_of_light[LIGHT_STEPS]) return;
  int step = 0;
  for (int byte = 0; byte < 256; byte++) {
    double end = byte == 255 ? 2 : light_of_srgb((byte + 0.5) / 255);
    for (; step <= LIGHT_STEPS && step < end * LIGHT_STEPS; step++) srgb_of_light[step] = (uint8_t)byte;
  }
}

static v128_t splat(float value) { return wasm_f32x4_splat(value); }
static v128_t times(v128_t vector, float factor) { return wasm_f32x4_mul(vector, splat(factor)); }

static v128_t cube(v128_t t) {
  v128_t low = times(wasm_f32x4_sub(t, splat(0.13793f)), 1 / 7.787f);
  return wasm_v128_bitselect(low, wasm_f32x4_mul(t, wasm_f32x4_mul(t, t)), wasm_f32x4_lt(t, splat(0.2069f)));
}

static v128_t weigh(v128_t x, v128_t y, v128_t z, const float weights[3]) {
  return wasm_f32x4_add(times(x, weights[0]), wasm_f32x4_add(times(y, weights[1]), times(z, weights[2])));
}

/** What is no number becomes 0. */
static void put(v128_t light, uint8_t *output, size_t bands) {
  v128_t clamped = wasm_f32x4_pmin(splat(1), wasm_f32x4_pmax(splat(0), light));
  v128_t steps = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_add(times(clamped, LIGHT_STEPS), splat(0.5f)));
  output[0] = srgb_of_light[wasm_i32x4_extract_lane(steps, 0)];
  output[bands] = srgb_of_light[wasm_i32x4_extract_lane(steps, 1)];
  output[2 * bands] = srgb_of_light[wasm_i32x4_extract_lane(steps, 2)];
  output[3 * bands] = srgb_of_light[wasm_i32x4_extract_lane(steps, 3)];
}

/** @param lightness from 0 to 100 */
static inline void convert(v128_t lightness, v128_t redness, v128_t yellowness, uint8_t *output, size_t bands) {
  static const float red[3] = {3.2406255f, -1.537208f, -0.4986286f};
  static const float green[3] = {-0.9689307f, 1.8757561f, 0.0415175f};
  static const float blue[3] = {0.0557101f, -0.2040211f, 1.0569959f};
  v128_t is_dark = wasm_f32x4_lt(lightness, splat(8)), dark = times(lightness, 1 / 903.3f);
  v128_t root = times(wasm_f32x4_add(lightness, splat(16)), 1 / 116.0f);
  v128_t y = wasm_v128_bitselect(dark, wasm_f32x4_mul(root, wasm_f32x4_mul(root, root)), is_dark);
  root = wasm_v128_bitselect(wasm_f32x4_add(times(dark, 7.787f), splat(16 / 116.0f)), root, is_dark);
  v128_t x = times(cube(wasm_f32x4_add(root, times(redness, 1 / 500.0f))), WHITE_X);
  v128_t z = times(cube(wasm_f32x4_sub(root, times(yellowness, 1 / 200.0f))), WHITE_Z);
  put(weigh(x, y, z, red), output, bands);
  put(weigh(x, y, z, green), output + 1, bands);
  put(weigh(x, y, z, blue), output + 2, bands);
}

/** The same band of four pixels. */
#define FOUR_INTEGERS(band) \
  wasm_f32x4_convert_i32x4(wasm_i32x4_make((band)[0], (band)[bands], (band)[2 * bands], (band)[3 * bands]))
#define FOUR_FLOATS(band) wasm_f32x4_make((band)[0], (band)[bands], (band)[2 * bands], (band)[3 * bands])

/** Defines a conversion of so many pixels; where fewer than four are left, room for four is read and written. */
#define DEFINE_CONVERSION(name, unsigned_type, signed_type, FOUR, lightness_scale, signed_scale)                   \
  void EXPORT(name)(const unsigned_type *lab, size_t pixels, size_t bands, uint8_t *output, size_t output_bands) { \
    prepare_table();                                                                                               \
    for (size_t pixel = 0; pixel < pixels; pixel += 4, lab += 4 * bands, output += 4 * output_bands) {             \
      const signed_type *a = (const signed_type *)lab + 1, *b = a + 1;                                             \
      convert(times(FOUR(lab), lightness_scale), times(FOUR(a), signed_scale), times(FOUR(b), signed_scale),       \
              output, output_bands);                                                                               \
    }                                                                                                              \
  }

DEFINE_CONVERSION(cielab_bytes, uint8_t, int8_t, FOUR_INTEGERS, 100 / 255.0f, 1)
DEFINE_CONVERSION(cielab_shorts, uint16_t, int16_t, FOUR_INTEGERS, 100 / 65535.0f, 1 / 256.0f)
DEFINE_CONVERSION(cielab_floats, float, float, FOUR_FLOATS, 1, 1)
