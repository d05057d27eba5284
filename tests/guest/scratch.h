// A path for files that a test makes: in the folder that ELFIN_SCRATCH names, else in /tmp.
#pragma once

#include <stdio.h>
#include <stdlib.h>

static inline char* scratch_path(const char* name) {
  const char* folder = getenv("ELFIN_SCRATCH");
  char* path = malloc(4096);
  snprintf(path, 4096, "%s/%s", folder != NULL ? folder : "/tmp", name);
  return path;
}
