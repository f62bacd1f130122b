// Zstandard frames through zstd's decoder.
#define ZSTD_STATIC_LINKING_ONLY
#include "kernel.h"
#include <libzstd/lib/zstd.h>

/** @returns the bytes written, or -1 when a frame is damaged, cut short or longer than `capacity` */
int32_t EXPORT(unzstd)(const void *stored, size_t length, void *output, size_t capacity) {
  static _Alignas(16) unsigned char workspace[1 << 18];
  static ZSTD_DCtx *context;
  if (!context) context = ZSTD_initStaticDCtx(workspace, sizeof workspace);
  size_t written = ZSTD_decompressDCtx(context, output, capacity, stored, length);
  return ZSTD_isError(written) ? -1 : (int32_t)written;
}
