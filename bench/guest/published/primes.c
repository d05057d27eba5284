// How many primes there are below a number: each odd one divided by the primes up to its root.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  uint32_t below = argc == 2 ? (uint32_t)atol(argv[1]) : 0, count = 1, last = 2;
  if (below < 3) return 2;
  uint32_t* primes = malloc((below / 2 + 1) * sizeof *primes);
  if (!primes) return 1;
  primes[0] = 2;
  for (uint32_t n = 3; n < below; n += 2) {
    uint32_t i = 1;
    while (i < count && primes[i] * primes[i] <= n && n % primes[i] != 0) i++;
    if (i < count && primes[i] * primes[i] <= n) continue;
    primes[count++] = last = n;
  }
  printf("%u primes below %u, the last %u\n", count, below, last);
  free(primes);
  return 0;
}
