// Adler-32 by sixteen bytes at a time. Stands in for libdeflate's own, which has no code for WASM's vectors.
#include <wasm_simd128.h>
#include "kernel.h"

#define MODULUS 65521u

/** So many vectors' sums fit 32 bits before they must be cut to the modulus. */
#define VECTORS_BETWEEN 256u

static uint32_t sum_lanes(v128_t lanes) {
  return wasm_u32x4_extract_lane(lanes, 0) + wasm_u32x4_extract_lane(lanes, 1) + wasm_u32x4_extract_lane(lanes, 2) +
         wasm_u32x4_extract_lane(lanes, 3);
}

uint32_t libdeflate_adler32(uint32_t adler, const void *buffer, size_t length) {
  const uint8_t *bytes = buffer;
  uint32_t a = adler & 0xffff, b = adler >> 16;
  const v128_t low_weights = wasm_i16x8_const(16, 15, 14, 13, 12, 11, 10, 9);
  const v128_t high_weights = wasm_i16x8_const(8, 7, 6, 5, 4, 3, 2, 1);
  while (length >= 16) {
    size_t vectors = length / 16 < VECTORS_BETWEEN ? length / 16 : VECTORS_BETWEEN;
    v128_t sums = wasm_i32x4_const_splat(0), sums_before = sums, weighted = sums;
    length -= vectors * 16;
    b += a * (uint32_t)(vectors * 16);
    for (; vectors > 0; vectors--, bytes += 16) {
      v128_t vector = wasm_v128_load(bytes);
      sums_before = wasm_i32x4_add(sums_before, sums);
      sums = wasm_i32x4_add(sums, wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(vector)));
      v128_t low = wasm_i32x4_dot_i16x8(wasm_u16x8_extend_low_u8x16(vector), low_weights);
      v128_t high = wasm_i32x4_dot_i16x8(wasm_u16x8_extend_high_u8x16(vector), high_weights);
      weighted = wasm_i32x4_add(weighted, wasm_i32x4_add(low, high));
    }
    a += sum_lanes(sums);
    b += sum_lanes(weighted) + 16 * sum_lanes(sums_before);
    a %= MODULUS;
    b %= MODULUS;
  }
  for (; length > 0; length--) {
    a += *bytes++;
    b += a;
  }
  return (b % MODULUS) << 16 | a % MODULUS;
}
