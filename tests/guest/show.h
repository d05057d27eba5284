// Prints a call and what came of it: its value, or the error's name.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SHOW(call)                                               \
  do {                                                           \
    errno = 0;                                                   \
    const long shown = (long)(call);                             \
    printf("%s = %ld%s%s\n", #call, shown, shown < 0 ? " " : "", \
           shown < 0 ? strerrorname_np(errno) : "");             \
  } while (0)
