// stat and its family: modes, times, access, umask, statx, statvfs.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"

static void show(const char* what, long result) {
  printf("%s: ", what);
  if (result < 0) puts(strerrorname_np(errno));
  else printf("%ld\n", result);
}

int main(void) {
  char* path = scratch_path("elfin_stat_XXXXXX");
  int fd = mkstemp(path);
  struct stat st;
  write(fd, "hello", 5);
  show("fstat", fstat(fd, &st));
  printf("mode %o size %ld links %ld blksize %d mine %d\n", st.st_mode, (long)st.st_size,
         (long)st.st_nlink, st.st_blksize > 0, st.st_uid == geteuid());
  printf("recent %d\n", labs(time(NULL) - st.st_mtime) < 5);
  show("chmod", chmod(path, 0754));
  stat(path, &st);
  printf("mode %o\n", st.st_mode);
  show("fchmod", fchmod(fd, 04711));
  fstat(fd, &st);
  printf("mode %o\n", st.st_mode);
  struct timespec times[2] = {{1000000000, 125000000}, {1234567890, 500000000}};
  show("futimens", futimens(fd, times));
  fstat(fd, &st);
  printf("atime %ld.%09ld mtime %ld.%09ld\n", st.st_atim.tv_sec, st.st_atim.tv_nsec,
         st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_nsec = UTIME_NOW;
  show("utimensat", utimensat(AT_FDCWD, path, times, 0));
  stat(path, &st);
  printf("atime kept %d mtime now %d\n", st.st_atime == 1000000000,
         labs(time(NULL) - st.st_mtime) < 5);
  times[1].tv_nsec = 2000000000;
  show("bad nanoseconds", utimensat(AT_FDCWD, path, times, 0));

  show("access read", access(path, R_OK));
  show("access missing", access("/tmp/no_such_file_here", F_OK));
  show("access bad mode", access(path, 077));
  umask(077);
  char second[4200];
  snprintf(second, sizeof second, "%s_2", path);
  close(open(second, O_CREAT | O_WRONLY, 0666));
  stat(second, &st);
  printf("mode under umask 077: %o, umask was %o\n", st.st_mode, umask(022));

  struct statx sx;
  show("statx", statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &sx));
  printf("size %llu mode %o mask %d\n", sx.stx_size, sx.stx_mode,
         (sx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
  struct statvfs vfs;
  show("statvfs", statvfs(path, &vfs));
  printf("bsize %d namemax %lu\n", vfs.f_bsize > 0, vfs.f_namemax);

  show("dev null", stat("/dev/null", &st));
  printf("char %d %u:%u\n", S_ISCHR(st.st_mode), major(st.st_rdev), minor(st.st_rdev));
  show("folder", stat("/tmp", &st));
  printf("dir %d sticky %d\n", S_ISDIR(st.st_mode), (st.st_mode & S_ISVTX) != 0);
  show("missing", stat("/no/such", &st));
  show("not a folder", stat("/dev/null/x", &st));
  show("empty", stat("", &st));
  show("bad address", fstatat(AT_FDCWD, path, (struct stat*)8, 0));
  show("fallocate", posix_fallocate(fd, 0, 10000));
  fstat(fd, &st);
  printf("size %ld\n", (long)st.st_size);
  unlink(path);
  unlink(second);
  return 0;
}
