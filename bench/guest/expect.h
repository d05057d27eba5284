// What to do when a call fails.
#ifndef BENCH_GUEST_EXPECT_H_
#define BENCH_GUEST_EXPECT_H_

#include <stdio.h>
#include <stdlib.h>

// Ends the program, telling errno, unless `fine`.
static inline void Expect(int fine, const char* what) {
  if (fine) return;
  perror(what);
  _Exit(1);
}

#endif  // BENCH_GUEST_EXPECT_H_
