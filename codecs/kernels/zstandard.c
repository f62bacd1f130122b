// Zstandard frames through zstd's decoder, block by block.
#define ZSTD_STATIC_LINKING_ONLY
#define ZSTD_DISABLE_DEPRECATE_WARNINGS
#include "kernel.h"
#include <libzstd/lib/zstd.h>

static struct {
  const uint8_t *input;
  size_t input_length;
  uint8_t *output;
  size_t written, capacity;
  ZSTD_DCtx *context;
} tile;

static _Alignas(16) uint8_t workspace[1 << 18];

void EXPORT(zstd_begin)(const uint8_t *stored, size_t length, uint8_t *output, size_t capacity) {
  if (!tile.context) tile.context = ZSTD_initStaticDCtx(workspace, sizeof workspace);
  tile.input = stored;
  tile.input_length = length;
  tile.output = output;
  tile.written = 0;
  tile.capacity = capacity;
  ZSTD_decompressBegin(tile.context);
}

/**
 * Goes on until at least `limit` bytes are written; where that is the capacity, to the end of the last frame.
 *
 * @returns how many are, or -1 when a frame is damaged, cut short or longer than the capacity
 */
int32_t EXPORT(zstd_until)(size_t limit) {
  while (tile.written < limit || limit == tile.capacity) {
    size_t wanted = ZSTD_nextSrcSizeToDecompress(tile.context);
    if (wanted == 0 && tile.input_length == 0) break;
    if (wanted == 0) {
      ZSTD_decompressBegin(tile.context);
      continue;
    }
    if (wanted > tile.input_length) return -1;
    size_t room = tile.capacity - tile.written;
    size_t written = ZSTD_decompressContinue(tile.context, tile.output + tile.written, room, tile.input, wanted);
    if (ZSTD_isError(written)) return -1;
    tile.input += wanted;
    tile.input_length -= wanted;
    tile.written += written;
  }
  return (int32_t)tile.written;
}
