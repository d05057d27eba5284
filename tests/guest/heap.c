// malloc and friends, brk, large blocks, with checks of the contents.
#define _DEFAULT_SOURCE
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  enum { kCount = 2000 };
  static unsigned char* blocks[kCount];
  static size_t sizes[kCount];
  uint32_t random = 12345;
  long checks = 0;
  for (int round = 0; round < 20000; ++round) {
    random = random * 1664525 + 1013904223;
    int i = random >> 8 & 0x7ff;
    if (i >= kCount) continue;
    if (blocks[i] != NULL) {
      for (size_t j = 0; j < sizes[i]; j += 97) {
        if (blocks[i][j] != (unsigned char)i) return 1;
        ++checks;
      }
      if (random & 0x80000000) {
        free(blocks[i]);
        blocks[i] = NULL;
        continue;
      }
    }
    size_t size = 1 + (random >> 4) % (round % 50 == 0 ? 300000 : 3000);
    blocks[i] = realloc(blocks[i], size);
    sizes[i] = size;
    memset(blocks[i], i, size);
  }
  printf("checks %ld\n", checks);
  for (int i = 0; i < kCount; ++i) free(blocks[i]);

  unsigned char* zero = calloc(1000, 1000);
  long sum = 0;
  for (int i = 0; i < 1000000; ++i) sum += zero[i];
  printf("calloc %ld\n", sum);
  free(zero);
  for (size_t megabytes = 1; megabytes <= 256; megabytes *= 4) {
    unsigned char* large = malloc(megabytes << 20);
    for (size_t at = 0; at < megabytes << 20; at += 4096) large[at] = (unsigned char)(at >> 12);
    size_t bad = 0;
    for (size_t at = 0; at < megabytes << 20; at += 4096) bad += large[at] != (unsigned char)(at >> 12);
    printf("%zu MB bad %zu\n", megabytes, bad);
    free(large);
  }
  void* aligned = NULL;
  printf("posix_memalign %d %d\n", posix_memalign(&aligned, 65536, 100), ((uintptr_t)aligned & 65535) == 0);
  printf("too much %d\n", malloc((size_t)1 << 62) == NULL);

  char* start = sbrk(0);
  printf("sbrk %d\n", sbrk(1 << 20) == start);
  memset(start, 1, 1 << 20);
  sbrk(-(1 << 20));
  sbrk(1 << 20);
  printf("zero after shrinking %d, back %d\n", start[5000 + 4096] == 0, sbrk(0) == start + (1 << 20));
  printf("brk %d\n", brk(start));
  return 0;
}
