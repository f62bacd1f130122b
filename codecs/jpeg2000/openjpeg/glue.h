/* What both halves of the module share: the host's functions, and how ours are exported. */
#ifndef GLUE_H
#define GLUE_H

#include <stdint.h>

#define EXPORT(name) __attribute__((used, export_name(#name)))
#define IMPORT(name) __attribute__((import_module("host"), import_name(#name)))

/** Outcomes, by the numbers that the host knows. */
enum status { DONE, OUT_OF_MEMORY, NOT_READ, NOT_DECODED, OTHER_IMAGE, NOT_ENCODED };

/** Puts bytes of the codestream at `target`; gives how many, 0 or less when there are none. */
IMPORT(host_read) extern int32_t host_read(double offset, uint8_t *target, uint32_t length);
/** Takes a finished part of a file. */
IMPORT(host_write) extern void host_write(double offset, const uint8_t *bytes, uint32_t length);
/** Takes one line about something wrong. */
IMPORT(host_log) extern void host_log(const char *message);

void tell_host(const char *message, void *user);

#endif
