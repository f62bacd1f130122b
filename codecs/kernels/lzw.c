// TIFF's LZW (TIFF 6.0 section 13). Strings are not kept: each is copied from where it stands in the output already.
#include <string.h>
#include <wasm_simd128.h>
#include "kernel.h"

#define CLEAR 256u
#define END 257u
#define TABLE_LENGTH 4096u
#define MAX_WIDTH 12u

/** Copied at once: the output has so many bytes of room behind its end. */
#define STRIDE 16u

/** Where a string begins, and its length. */
struct string {
  const uint8_t *start;
  uint32_t length;
};

static struct {
  const uint8_t *input, *input_end;
  uint8_t *output, *next, *output_end;
  /** Bits read but not used, the next highest, and how many. */
  uint64_t held;
  uint32_t held_bits;
  /** Zero bytes that were read beyond the end of the input. */
  uint32_t missing;
  /** The entry that the next code makes. After a clear code it is one that cannot be named: the first code makes none. */
  uint32_t free;
  struct string before;
  /** The last slot takes what does not fit any more. */
  struct string strings[TABLE_LENGTH + 1];
} tile;

static void prepare_bytes(void) {
  static uint8_t bytes[CLEAR + STRIDE];
  if (tile.strings[0].length) return;
  for (uint32_t byte = 0; byte < CLEAR; byte++) {
    bytes[byte] = (uint8_t)byte;
    tile.strings[byte] = (struct string){bytes + byte, 1};
  }
}

/**
 * Begins a tile. What lies beyond three bytes for each that is wanted is not looked at: nobody writes more than a code and a clear
 * code for each, and clear codes without end are to end some time.
 *
 * @param output with STRIDE bytes of room behind its capacity
 */
void EXPORT(lzw_begin)(const uint8_t *stored, size_t length, uint8_t *output, size_t capacity) {
  prepare_bytes();
  tile.input = stored;
  tile.input_end = stored + (length / 3 > capacity + STRIDE ? 3 * (capacity + STRIDE) : length);
  tile.output = tile.next = output;
  tile.output_end = output + capacity;
  tile.held = tile.held_bits = tile.missing = 0;
  tile.free = END;
  tile.before = (struct string){output, 0};
}

/** Fills up to 56 bits at least, of zeros where the input has ended. */
static void refill(void) {
  if (tile.input_end - tile.input >= 8) {
    uint64_t word;
    memcpy(&word, tile.input, 8);
    tile.held |= __builtin_bswap64(word) >> tile.held_bits;
    tile.input += (63 - tile.held_bits) >> 3;
    tile.held_bits |= 56;
    return;
  }
  for (; tile.held_bits <= 56; tile.held_bits += 8) {
    uint64_t byte = 0;
    if (tile.input < tile.input_end) byte = *tile.input++;
    else tile.missing++;
    tile.held |= byte << (56 - tile.held_bits);
  }
}

static void copy(uint8_t *to, struct string string) {
  for (uint32_t at = 0; at < string.length; at += STRIDE) wasm_v128_store(to + at, wasm_v128_load(string.start + at));
}

/**
 * Goes on until at least `limit` bytes are written.
 *
 * @returns how many are, or -1 when the data ends early, holds an impossible code or gives more than the capacity
 */
int32_t EXPORT(lzw_until)(size_t limit) {
  const uint8_t *enough = tile.output + limit;
  uint8_t *next = tile.next;
  struct string before = tile.before;
  uint32_t free = tile.free;
  while (next < enough) {
    uint32_t width = 32 - (uint32_t)__builtin_clz(free + 1); // wider one code early, as TIFF does
    if (width > MAX_WIDTH) width = MAX_WIDTH;
    if (tile.held_bits < width) refill();
    uint32_t code = (uint32_t)(tile.held >> (64 - width));
    tile.held <<= width;
    tile.held_bits -= width;
    if (code == CLEAR) {
      free = END;
      if (tile.missing * 8 > tile.held_bits) return -1;
      continue;
    }
    if (code > free || code == END) return -1;
    tile.strings[free] = (struct string){before.start, before.length + 1};
    struct string string = tile.strings[code];
    if (string.length > (size_t)(tile.output_end - next)) return -1;
    copy(next, string);
    if (code == free) next[string.length - 1] = *next; // the newest string ends with its own first byte
    before = (struct string){next, string.length};
    next += string.length;
    if (free < TABLE_LENGTH) free++;
  }
  tile.next = next;
  tile.before = before;
  tile.free = free;
  return tile.missing * 8 > tile.held_bits ? -1 : (int32_t)(next - tile.output);
}
