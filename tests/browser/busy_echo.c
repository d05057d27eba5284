// Computes without a pause and, now and then, looks whether a byte has come: echoes it. Ends with q or at
// the end of input, and tells whether it has computed meanwhile.
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  uint64_t x = 1, rounds = 0;
  char byte = 0;
  if (write(1, "ready\n", 6) != 6) return 1;
  while (byte != 'q') {
    for (int i = 0; i < 100000; ++i) x = x * 6364136223846793005u + 1442695040888963407u;
    ++rounds;
    struct pollfd in = {.fd = 0, .events = POLLIN};
    if (poll(&in, 1, 0) != 1) continue;
    if (read(0, &byte, 1) != 1) break;
    if (write(1, &byte, 1) != 1) return 1;
  }
  printf("\n%s\n", x != 0 && rounds > 100 ? "computed" : "idle");
  return 0;
}
