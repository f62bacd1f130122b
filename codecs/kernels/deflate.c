// zlib streams through libdeflate, at once: half the time of zlib's own at the same size.
#include "kernel.h"
#include "lib/deflate_compress.c"
#include "lib/utils.c"
#include "lib/zlib_compress.c"

/** @returns the bytes written, or -1 when there is no memory or they are more than `capacity` */
int32_t EXPORT(deflate)(const void *bytes, size_t length, void *output, size_t capacity, int level) {
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
  size_t written = compressor ? libdeflate_zlib_compress(compressor, bytes, length, output, capacity) : 0;
  return written ? (int32_t)written : -1;
}
