// Memory of a call: everything allocated since its beginning goes when the next one begins, so nothing is ever freed by itself.
#include <stdlib.h>
#include <string.h>
#include "kernel.h"

#define PAGE 65536u
#define ALIGNMENT 16u

extern unsigned char __heap_base;

static uintptr_t top = (uintptr_t)&__heap_base;

/** Forgets all that was allocated. */
void EXPORT(reset)(void) { top = (uintptr_t)&__heap_base; }

/** Room for so many bytes, the contents undefined; null when memory cannot grow so far. */
void *EXPORT(allocate)(size_t length) {
  uint64_t start = ((uint64_t)top + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
  uint64_t pages = (start + length + PAGE - 1) / PAGE;
  size_t present = __builtin_wasm_memory_size(0);
  if (pages > present && (pages > PAGE || __builtin_wasm_memory_grow(0, pages - present) == (size_t)-1)) return NULL;
  top = (uintptr_t)(start + length);
  return (void *)(uintptr_t)start;
}

void *malloc(size_t length) { return allocate(length); }

void *calloc(size_t count, size_t length) {
  if (length != 0 && count > SIZE_MAX / length) return NULL;
  void *block = allocate(count * length);
  return block ? memset(block, 0, count * length) : NULL;
}

void free(void *block) { (void)block; }

int abs(int number) { return number < 0 ? -number : number; }

_Noreturn void abort(void) { __builtin_trap(); }

// The compiler turns these into instructions of their own (-mbulk-memory) where lengths are not known.
void *memcpy(void *restrict to, const void *restrict from, size_t length) {
  return __builtin_memcpy(to, from, length);
}

void *memmove(void *to, const void *from, size_t length) { return __builtin_memmove(to, from, length); }

void *memset(void *to, int byte, size_t length) { return __builtin_memset(to, byte, length); }

int memcmp(const void *a, const void *b, size_t length) {
  const unsigned char *left = a, *right = b;
  for (size_t index = 0; index < length; index++) {
    if (left[index] != right[index]) return left[index] - right[index];
  }
  return 0;
}
