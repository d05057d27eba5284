// The calls that manage memory, one after another, each with what it answers.
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096ul

static void report(const char* what, long result) {
  printf("%s: %s\n", what, result == -1 ? strerrorname_np(errno) : "done");
}

int main(void) {
  setbuf(stdout, NULL);
  char* area = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(area, 0x5a, 8 * PAGE);

  report("mprotect", syscall(SYS_mprotect, area, PAGE, PROT_READ));
  report("mprotect odd address", syscall(SYS_mprotect, area + 1, PAGE, PROT_READ));
  report("mprotect of a hole", syscall(SYS_mprotect, 0x10000, PAGE, PROT_READ));
  report("munmap", syscall(SYS_munmap, area + PAGE, PAGE));
  report("munmap again", syscall(SYS_munmap, area + PAGE, PAGE));
  report("munmap odd address", syscall(SYS_munmap, area + 3, PAGE));
  report("munmap of nothing", syscall(SYS_munmap, area + PAGE, 0));

  char* moved = mremap(area + 2 * PAGE, 2 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
  printf("mremap: kept %d zero %d\n", moved[0] == 0x5a && moved[2 * PAGE - 1] == 0x5a,
         moved[2 * PAGE] == 0 && moved[64 * PAGE - 1] == 0);
  report("mremap shrinks", syscall(SYS_mremap, moved, 64 * PAGE, PAGE, 0));
  report("mremap odd", syscall(SYS_mremap, moved + 1, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
  report("mremap fixed without maymove", syscall(SYS_mremap, moved, PAGE, PAGE, MREMAP_FIXED, moved));

  report("madvise dontneed", syscall(SYS_madvise, area + 4 * PAGE, PAGE, MADV_DONTNEED));
  printf("zero again: %d, next kept: %d\n", area[4 * PAGE] == 0, area[5 * PAGE] == 0x5a);
  report("madvise odd", syscall(SYS_madvise, area + 1, PAGE, MADV_NORMAL));
  report("madvise unknown", syscall(SYS_madvise, area, PAGE, 12345));
  report("msync", syscall(SYS_msync, area + 4 * PAGE, PAGE, MS_SYNC));
  report("msync both", syscall(SYS_msync, area + 4 * PAGE, PAGE, MS_SYNC | MS_ASYNC));
  report("msync of a hole", syscall(SYS_msync, area + PAGE, PAGE, MS_ASYNC));
  unsigned char resident[2] = {0, 0};
  report("mincore", syscall(SYS_mincore, area + 5 * PAGE, 2 * PAGE, resident));
  printf("resident %d %d\n", resident[0] & 1, resident[1] & 1);
  report("mincore of a hole", syscall(SYS_mincore, area + PAGE, PAGE, resident));

  report("mlock", syscall(SYS_mlock, area + 5 * PAGE, PAGE));
  report("munlock", syscall(SYS_munlock, area + 5 * PAGE, PAGE));
  report("mlock of a hole", syscall(SYS_mlock, area + PAGE, PAGE));
  report("mlockall", syscall(SYS_mlockall, MCL_CURRENT));
  report("munlockall", syscall(SYS_munlockall));

  // brk answers the break, also where it can't do as asked.
  const uintptr_t start = (uintptr_t)syscall(SYS_brk, 0);
  const uintptr_t grown = (uintptr_t)syscall(SYS_brk, start + 3 * PAGE);
  printf("brk grew by %lu\n", (unsigned long)(grown - start));
  memset((void*)start, 1, 3 * PAGE);
  printf("brk refused: %d\n", (uintptr_t)syscall(SYS_brk, 16) == grown);
  printf("brk back: %d\n", (uintptr_t)syscall(SYS_brk, start) == start);
  syscall(SYS_brk, start + PAGE);
  printf("fresh again: %d\n", *(char*)start == 0);
  return 0;
}
