// A path for files that a test makes: in the folder that ELFIN_SCRATCH names, else in /tmp. The
// same program may run beside it at the same time, so each name has the number of the process that
// began, always as long.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int scratch_owner;
__attribute__((constructor)) static void begin_scratch(void) { scratch_owner = getpid(); }

static inline char* scratch_path(const char* name) {
  const char* folder = getenv("ELFIN_SCRATCH");
  char* path = malloc(4096);
  snprintf(path, 4096, "%s/elfin-%010d-%s", folder != NULL ? folder : "/tmp", scratch_owner, name);
  return path;
}
