// 4 KiB at a time written to a file in memory and read back, over and over the same 4 MiB.
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os.h"

enum { kBlock = 4096, kBlocks = 1024 };

int main(int argc, char** argv) {
  static unsigned char block[kBlock];
  long count = Repetitions(argc, argv);
  uint64_t sum = 0;
  int file = memfd_create("bench", 0);
  Expect(file >= 0, "memfd_create");
  for (long i = 0; i < count; i++) {
    off_t place = (off_t)(i % kBlocks) * kBlock;
    memset(block, (int)(i * 7), sizeof block);
    Expect(pwrite(file, block, kBlock, place) == kBlock, "pwrite");
    Expect(pread(file, block, kBlock, place) == kBlock, "pread");
    sum = sum * 31 + block[i % kBlock];
  }
  printf("%ld blocks, %016lx\n", count, sum);
  return 0;
}
