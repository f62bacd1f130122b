// Undoes TIFF's predictors in place. Rows lie in this machine's byte order.
#include <string.h>
#include <wasm_simd128.h>
#include "kernel.h"

#define SHIFTED(vector, bytes)                                                                                        \
  wasm_i8x16_shuffle(wasm_i8x16_const_splat(0), vector, 16 - (bytes), 17 - (bytes), 18 - (bytes), 19 - (bytes),       \
                     20 - (bytes), 21 - (bytes), 22 - (bytes), 23 - (bytes), 24 - (bytes), 25 - (bytes),              \
                     26 - (bytes), 27 - (bytes), 28 - (bytes), 29 - (bytes), 30 - (bytes), 31 - (bytes))

/** The byte of a vector of whole pixels that the same byte of the last pixel has. */
#define FROM_LAST(at, pixel, used) ((used) - (pixel) + (at) % (pixel))
#define LAST_PIXEL(vector, pixel, used)                                                                               \
  wasm_i8x16_shuffle(vector, vector, FROM_LAST(0, pixel, used), FROM_LAST(1, pixel, used), FROM_LAST(2, pixel, used), \
                     FROM_LAST(3, pixel, used), FROM_LAST(4, pixel, used), FROM_LAST(5, pixel, used),                 \
                     FROM_LAST(6, pixel, used), FROM_LAST(7, pixel, used), FROM_LAST(8, pixel, used),                 \
                     FROM_LAST(9, pixel, used), FROM_LAST(10, pixel, used), FROM_LAST(11, pixel, used),               \
                     FROM_LAST(12, pixel, used), FROM_LAST(13, pixel, used), FROM_LAST(14, pixel, used),              \
                     FROM_LAST(15, pixel, used))

/**
 * Sums a row by vectors: within one, each sample gets the one a pixel before it, then two pixels, then four and eight; then all
 * get the last pixel of the vector before.
 *
 * @returns how many bytes are done; the rest is shorter than a vector
 */
#define DEFINE_SUM(name, add, pixel)                                                                                  \
  static size_t name(uint8_t *row, size_t length) {                                                                   \
    enum { USED = 16 % (pixel) == 0 ? 16 : 12 };                                                                      \
    v128_t carry = wasm_i8x16_const_splat(0);                                                                         \
    size_t at = 0;                                                                                                    \
    for (; at + 16 <= length; at += USED) {                                                                           \
      v128_t sum = wasm_v128_load(row + at);                                                                          \
      sum = add(sum, SHIFTED(sum, pixel));                                                                            \
      if (2 * (pixel) < USED) sum = add(sum, SHIFTED(sum, 2 * (pixel) % 16));                                         \
      if (4 * (pixel) < USED) sum = add(sum, SHIFTED(sum, 4 * (pixel) % 16));                                         \
      if (8 * (pixel) < USED) sum = add(sum, SHIFTED(sum, 8 * (pixel) % 16));                                         \
      sum = add(sum, carry);                                                                                          \
      carry = LAST_PIXEL(sum, pixel, USED);                                                                           \
      if (USED == 16) {                                                                                               \
        wasm_v128_store(row + at, sum);                                                                               \
        continue;                                                                                                     \
      }                                                                                                               \
      wasm_v128_store64_lane(row + at, sum, 0);                                                                       \
      wasm_v128_store32_lane(row + at + 8, sum, 2);                                                                   \
    }                                                                                                                 \
    return at;                                                                                                        \
  }

DEFINE_SUM(sum_bytes_1, wasm_i8x16_add, 1)
DEFINE_SUM(sum_bytes_2, wasm_i8x16_add, 2)
DEFINE_SUM(sum_bytes_3, wasm_i8x16_add, 3)
DEFINE_SUM(sum_bytes_4, wasm_i8x16_add, 4)
DEFINE_SUM(sum_shorts_1, wasm_i16x8_add, 2)
DEFINE_SUM(sum_shorts_2, wasm_i16x8_add, 4)
DEFINE_SUM(sum_shorts_3, wasm_i16x8_add, 6)
DEFINE_SUM(sum_shorts_4, wasm_i16x8_add, 8)
DEFINE_SUM(sum_longs_1, wasm_i32x4_add, 4)
DEFINE_SUM(sum_longs_2, wasm_i32x4_add, 8)

typedef size_t (*SumRow)(uint8_t *row, size_t length);

/** The function for so many bytes to a sample and bands to a pixel; null where there is none. */
static SumRow sum_by_vectors(size_t size, size_t bands) {
  static const SumRow functions[3][4] = {
    {sum_bytes_1, sum_bytes_2, sum_bytes_3, sum_bytes_4},
    {sum_shorts_1, sum_shorts_2, sum_shorts_3, sum_shorts_4},
    {sum_longs_1, sum_longs_2, NULL, NULL},
  };
  if (bands > 4 || size > 4) return NULL;
  return functions[size / 2][bands - 1];
}

#define DEFINE_SUM_REST(name, type)                                                                                   \
  static void name(void *row, size_t from, size_t length, size_t bands) {                                             \
    type *samples = row;                                                                                              \
    size_t end = length / sizeof(type);                                                                               \
    size_t start = from / sizeof(type);                                                                               \
    for (size_t at = start < bands ? bands : start; at < end; at++) samples[at] += samples[at - bands];               \
  }

DEFINE_SUM_REST(sum_rest_bytes, uint8_t)
DEFINE_SUM_REST(sum_rest_shorts, uint16_t)
DEFINE_SUM_REST(sum_rest_longs, uint32_t)
DEFINE_SUM_REST(sum_rest_doubles, uint64_t)

static void sum_row(uint8_t *row, size_t length, size_t size, size_t bands) {
  SumRow by_vectors = sum_by_vectors(size, bands);
  size_t done = by_vectors ? by_vectors(row, length) : 0;
  if (size == 1) sum_rest_bytes(row, done, length, bands);
  else if (size == 2) sum_rest_shorts(row, done, length, bands);
  else if (size == 4) sum_rest_longs(row, done, length, bands);
  else sum_rest_doubles(row, done, length, bands);
}

/** Predictor 2, of samples of 1, 2, 4 or 8 bytes. */
void EXPORT(undo_differencing)(uint8_t *rows, size_t length, size_t row_length, size_t size, size_t bands) {
  for (uint8_t *row = rows, *end = rows + length; row < end; row += row_length) sum_row(row, row_length, size, bands);
}

/** Numbers of four bytes from four planes of bytes, the highest first. */
static size_t join_fours(uint8_t *numbers, const uint8_t *planes, size_t count) {
  size_t at = 0;
  for (; at + 16 <= count; at += 16) {
    v128_t highest = wasm_v128_load(planes + at), high = wasm_v128_load(planes + count + at);
    v128_t low = wasm_v128_load(planes + 2 * count + at), lowest = wasm_v128_load(planes + 3 * count + at);
#define ZIP(a, b, from)                                                                                               \
  wasm_i8x16_shuffle(a, b, from, from + 16, from + 1, from + 17, from + 2, from + 18, from + 3, from + 19, from + 4,  \
                     from + 20, from + 5, from + 21, from + 6, from + 22, from + 7, from + 23)
#define ZIP_PAIRS(a, b, from)                                                                                         \
  wasm_i16x8_shuffle(a, b, from, from + 8, from + 1, from + 9, from + 2, from + 10, from + 3, from + 11)
    v128_t lower = ZIP(lowest, low, 0), lower_rest = ZIP(lowest, low, 8);
    v128_t upper = ZIP(high, highest, 0), upper_rest = ZIP(high, highest, 8);
    wasm_v128_store(numbers + 4 * at, ZIP_PAIRS(lower, upper, 0));
    wasm_v128_store(numbers + 4 * at + 16, ZIP_PAIRS(lower, upper, 4));
    wasm_v128_store(numbers + 4 * at + 32, ZIP_PAIRS(lower_rest, upper_rest, 0));
    wasm_v128_store(numbers + 4 * at + 48, ZIP_PAIRS(lower_rest, upper_rest, 4));
  }
  return at;
}

/**
 * Predictor 3: the bytes of a row were sorted, the highest of each number first, and then differenced.
 *
 * @param is_little whether the lowest byte of a number is to come first
 * @param sorted room for a row
 */
void EXPORT(undo_real_differencing)(uint8_t *rows, size_t length, size_t row_length, size_t size, size_t bands,
                                    int is_little, uint8_t *sorted) {
  size_t count = row_length / size;
  for (uint8_t *row = rows, *end = rows + length; row < end; row += row_length) {
    sum_row(row, row_length, 1, bands);
    memcpy(sorted, row, row_length);
    size_t done = size == 4 && is_little ? join_fours(row, sorted, count) : 0;
    for (size_t byte = 0; byte < size; byte++) {
      const uint8_t *plane = sorted + byte * count;
      uint8_t *to = row + (is_little ? size - 1 - byte : byte);
      for (size_t index = done; index < count; index++) to[index * size] = plane[index];
    }
  }
}
