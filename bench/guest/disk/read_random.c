// Reads blocks of 4 KiB all over a file.
#include <unistd.h>

#include "disk.h"

int main(int argc, char** argv) {
  const long count = CountOf(argc, argv);
  unsigned char bytes[kBlock];
  const int file = open(argv[1], O_RDONLY);
  Expect(file >= 0, argv[1]);
  const uint64_t blocks = (uint64_t)lseek(file, 0, SEEK_END) / kBlock;
  uint64_t random = 88172645463325252u;
  uint64_t sum = 0;
  for (long i = 0; i < count; i++) {
    random ^= random << 13;  // Marsaglia's xorshift
    random ^= random >> 7;
    random ^= random << 17;
    Expect(pread(file, bytes, kBlock, (off_t)(random % blocks * kBlock)) == kBlock, "pread");
    sum = sum * 31 + bytes[random % kBlock];
  }
  printf("%ld blocks, %016lx\n", count, sum);
  return 0;
}
