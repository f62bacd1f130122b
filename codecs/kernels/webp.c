// WebP pictures through libwebp's decoder.
#include "kernel.h"
#include <libwebp/src/webp/decode.h>

/**
 * Decodes a picture of a known size.
 *
 * @param bands 3 for RGB, 4 for RGB with opacity, not multiplied
 * @returns whether it could be decoded
 */
int32_t EXPORT(decode_webp)(const uint8_t *stored, size_t length, uint8_t *output, size_t size, int row_length, int bands) {
  const uint8_t *end = bands == 4 ? WebPDecodeRGBAInto(stored, length, output, size, row_length)
                                  : WebPDecodeRGBInto(stored, length, output, size, row_length);
  return end != NULL;
}
