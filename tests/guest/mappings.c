// mmap and its family, without faults.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scratch.h"

static void show(const char* what, long result) {
  printf("%s: ", what);
  if (result < 0) puts(strerrorname_np(errno));
  else printf("%ld\n", result);
}
static void* map(size_t size, int protection, int flags, int fd) {
  return mmap(NULL, size, protection, flags, fd, 0);
}

int main(void) {
  const int rw = PROT_READ | PROT_WRITE;
  const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  uint8_t* p = map(1 << 20, rw, anonymous, -1);
  long sum = 0;
  for (int i = 0; i < 1 << 20; ++i) sum += p[i];
  printf("zero %ld aligned %d\n", sum, ((uintptr_t)p & 4095) == 0);
  memset(p, 7, 1 << 20);
  show("munmap middle", munmap(p + 4096, 4096));
  show("munmap again", munmap(p + 4096, 4096));
  uint8_t* q = mmap(p + 4096, 4096, rw, anonymous | MAP_FIXED, -1, 0);
  printf("fixed %d zero %d neighbours %d %d\n", q == p + 4096, q[0], p[4095], p[8192]);
  uint8_t* clash = mmap(p, 4096, rw, anonymous | MAP_FIXED_NOREPLACE, -1, 0);
  printf("noreplace %s\n", clash == MAP_FAILED ? strerrorname_np(errno) : "mapped");
  show("mprotect", mprotect(p, 8192, PROT_READ));
  printf("readable %d\n", p[100]);
  show("mprotect back", mprotect(p, 8192, rw));
  p[100] = 9;

  uint8_t* moved = mremap(p, 1 << 20, 4 << 20, MREMAP_MAYMOVE);
  printf("mremap kept %d %d new zero %d\n", moved[100], moved[(1 << 20) - 1], moved[3 << 20]);
  moved[(4 << 20) - 1] = 5;
  moved = mremap(moved, 4 << 20, 8192, 0);
  printf("shrunk %d\n", moved[100]);
  show("unmap", munmap(moved, 8192));

  char* path = scratch_path("elfin_map_XXXXXX");
  int fd = mkstemp(path);
  for (int i = 0; i < 3000; ++i) dprintf(fd, "line %d\n", i);
  char* file = map(20000, rw, MAP_PRIVATE, fd);
  printf("private '%.6s' '%.7s'\n", file, file + 4096);
  file[0] = 'L';
  char c;
  pread(fd, &c, 1, 0);
  printf("file unchanged %c\n", c);
  munmap(file, 20000);
  file = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 4096);
  printf("offset '%.7s'\n", file);
  munmap(file, 8192);
  char* shared = map(8192, rw, MAP_SHARED, fd);
  if (shared == MAP_FAILED) {
    printf("shared %s\n", strerrorname_np(errno));
  } else {
    memcpy(shared, "SHARED", 6);
    show("msync", msync(shared, 8192, MS_SYNC));
    char back[7] = "";
    pread(fd, back, 6, 0);
    printf("written through '%s'\n", back);
    munmap(shared, 8192);
  }
  ftruncate(fd, 100);
  file = map(4096, PROT_READ, MAP_PRIVATE, fd);
  printf("tail of page zero %d\n", file[100] == 0 && file[4095] == 0);
  munmap(file, 4096);
  unlink(path);

  uint8_t* reserve = mmap(NULL, 1ul << 30, PROT_NONE, anonymous | MAP_NORESERVE, -1, 0);
  printf("reserve %d\n", reserve != MAP_FAILED);
  show("commit part", mprotect(reserve + (512 << 20), 1 << 20, rw));
  reserve[512 << 20] = 1;
  show("discard", madvise(reserve + (512 << 20), 1 << 20, MADV_DONTNEED));
  printf("zero again %d\n", reserve[512 << 20]);
  munmap(reserve, 1ul << 30);

  printf("size 0 %d", mmap(NULL, 0, rw, anonymous, -1, 0) == MAP_FAILED);
  printf(" %s\n", strerrorname_np(errno));
  printf("bad fd %d", mmap(NULL, 4096, rw, MAP_PRIVATE, 99, 0) == MAP_FAILED);
  printf(" %s\n", strerrorname_np(errno));
  printf("odd offset %d", mmap(NULL, 4096, rw, MAP_PRIVATE, fd, 1) == MAP_FAILED);
  printf(" %s\n", strerrorname_np(errno));
  show("odd munmap", munmap((void*)1, 4096));
  show("mprotect of nothing", mprotect((void*)0x3f0000000000, 4096, rw));
  return 0;
}
