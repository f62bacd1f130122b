#pragma once
#include <stddef.h>

void *malloc(size_t length);
void *calloc(size_t count, size_t length);
void free(void *block);
int abs(int number);
_Noreturn void abort(void);
