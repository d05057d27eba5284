// What the programs of bench/guest/os share: how often, and what to do when a call fails.
#ifndef BENCH_GUEST_OS_OS_H_
#define BENCH_GUEST_OS_OS_H_

#include <stdio.h>
#include <stdlib.h>

#include "expect.h"

// The number of repetitions, the only argument.
static inline long Repetitions(int argc, char** argv) {
  long count = argc == 2 ? atol(argv[1]) : 0;
  if (count > 0) return count;
  fprintf(stderr, "usage: %s REPETITIONS\n", argv[0]);
  exit(2);
}

#endif  // BENCH_GUEST_OS_OS_H_
