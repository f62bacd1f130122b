// What the fast DCT of libjpeg-turbo takes from colours is given back.
#include <wasm_simd128.h>
#include "kernel.h"

#define FULL 0xff

/** Bytes of 48 that are red, or blue, in three parts. */
#define EVERY_THIRD(a, b, c)                                                               \
  {                                                                                        \
    a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, a, b, c, \
        a, b, c, a, b, c                                                                   \
  }

static const uint8_t reds[48] = EVERY_THIRD(FULL, 0, 0);
static const uint8_t reds_and_blues[48] = EVERY_THIRD(1, 0, 1);

/** Full bytes where two are the same. */
static inline v128_t same(v128_t a, v128_t b) { return wasm_i8x16_eq(a, b); }

/**
 * One more level of red and blue for each pixel of RGB that is not grey, in place. 48 bytes beyond the pixels may be changed.
 */
void EXPORT(lift_colours)(uint8_t *pixels, int byte_length) {
  v128_t before = wasm_i8x16_splat(0); // what the 16 bytes were that have just been written
  for (int start = 0; start < byte_length; start += 48) {
    for (int at = 0; at < 48; at += 16) {
      uint8_t *place = pixels + start + at;
      const v128_t here = wasm_v128_load(place), next = wasm_v128_load(place + 1), second = wasm_v128_load(place + 2);
      const v128_t last = wasm_i8x16_shuffle(before, here, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const v128_t last_but_one = wasm_i8x16_shuffle(before, here, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
      const v128_t grey_if_red = wasm_v128_and(same(here, next), same(next, second));
      const v128_t grey_if_blue = wasm_v128_and(same(last_but_one, last), same(last, here));
      const v128_t grey = wasm_v128_bitselect(grey_if_red, grey_if_blue, wasm_v128_load(reds + at));
      const v128_t lift = wasm_v128_andnot(wasm_v128_load(reds_and_blues + at), grey);
      wasm_v128_store(place, wasm_u8x16_add_sat(here, lift));
      before = here;
    }
  }
}
