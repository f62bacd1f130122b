// zlib streams through libdeflate, which has the whole of a tile before it and so needs no window of its own.
#include "kernel.h"
#include <libdeflate/lib/deflate_decompress.c>

// The same file twice would define everything twice: the wrapper is a file of its own in libdeflate.
#include <libdeflate/lib/zlib_decompress.c>

static struct libdeflate_decompressor decompressor;

/** @returns the bytes written, or -1 when the stream is damaged, cut short or longer than `capacity` */
int32_t EXPORT(inflate)(const void *stored, size_t length, void *output, size_t capacity) {
  size_t written;
  enum libdeflate_result result = libdeflate_zlib_decompress(&decompressor, stored, length, output, capacity, &written);
  return result == LIBDEFLATE_SUCCESS ? (int32_t)written : -1;
}
