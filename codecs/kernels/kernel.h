// What every kernel includes.
#pragma once
#include <stddef.h>
#include <stdint.h>

/** Makes a function callable from outside, by its own name. */
#define EXPORT(name) __attribute__((export_name(#name))) name
