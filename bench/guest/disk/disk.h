// What the programs of bench/guest/disk share: arguments, what to do when a call fails, places that
// look random.
#ifndef BENCH_GUEST_DISK_DISK_H_
#define BENCH_GUEST_DISK_DISK_H_

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "expect.h"

enum { kBlock = 4096 };

// The second and last argument, a number; the first is a path.
static inline long CountOf(int argc, char** argv) {
  long count = argc == 3 ? atol(argv[2]) : 0;
  if (count > 0) return count;
  fprintf(stderr, "usage: %s PATH NUMBER\n", argv[0]);
  exit(2);
}

#endif  // BENCH_GUEST_DISK_DISK_H_
