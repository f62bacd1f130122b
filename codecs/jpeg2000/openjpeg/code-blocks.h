/* Where OpenJPEG finds code-blocks that were decoded before, and puts those that it decodes. */
#ifndef CODE_BLOCKS_H
#define CODE_BLOCKS_H

#include "glue.h"

/** Which code-block of a codestream it is, as the host reads it: 32-bit integers in this order. */
typedef struct {
  int32_t component, resolution, band, x, y;
} code_block_place_t;

/** Puts the samples of a known code-block at `target`. Gives 0 when it is not known. */
IMPORT(host_recall) extern int32_t host_recall(const code_block_place_t *place, int32_t *target, uint32_t count);
/** Takes the samples of a decoded code-block. */
IMPORT(host_keep) extern void host_keep(const code_block_place_t *place, const int32_t *samples, uint32_t count);

#endif
