// The sieve of Eratosthenes over odd numbers, a byte each. Size: how many sieves up to 8 million.
#include <string.h>

#include "kernel.h"

enum { kLimit = 8000000 };

int main(int argc, char** argv) {
  const long rounds = KernelSize(argc, argv, 80);
  uint8_t* composite = Allocate(kLimit / 2);
  uint64_t count = 0, checksum = 0;
  for (long round = 0; round < rounds; ++round) {
    const long half = kLimit / 2 - 1000 * (round % 100);  // entry i stands for 2 i + 1
    memset(composite, 0, (size_t)half);
    for (long i = 1; 2 * i * (i + 1) < half; ++i) {
      if (composite[i]) continue;
      for (long j = 2 * i * (i + 1); j < half; j += 2 * i + 1) composite[j] = 1;
    }
    count = 1;  // 2 itself
    for (long i = 1; i < half; ++i) {
      if (composite[i]) continue;
      ++count;
      checksum = Mix(checksum, (uint64_t)(2 * i + 1));
    }
  }
  printf("%llu primes\n", (unsigned long long)count);
  return PrintChecksum("sieve", checksum);
}
