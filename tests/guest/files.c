// Files: open flags, positions, duplicates, links, renames, and the errors of each.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "scratch.h"

static char* folder;

static void show(const char* what, long result) {
  if (result < 0) {
    printf("%s: %s\n", what, strerrorname_np(errno));
  } else {
    printf("%s: %ld\n", what, result);
  }
}

static void positions(void) {
  int fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0640);
  show("write", write(fd, "0123456789", 10));
  show("seek", lseek(fd, 4, SEEK_SET));
  char buffer[32] = "";
  show("read", read(fd, buffer, 3));
  printf("%s\n", buffer);
  show("pwrite", pwrite(fd, "AB", 2, 1));
  show("pread", pread(fd, buffer, 10, 0));
  printf("%.10s at %ld\n", buffer, (long)lseek(fd, 0, SEEK_CUR));
  show("seek past end", lseek(fd, 5000, SEEK_SET));
  show("write past end", write(fd, "end", 3));
  struct stat st;
  fstat(fd, &st);
  printf("size %ld mode %o\n", (long)st.st_size, st.st_mode & 07777);
  show("hole", pread(fd, buffer, 1, 4000));
  printf("%d\n", buffer[0]);
  show("read at end", read(fd, buffer, 1));
  show("seek before start", lseek(fd, -1, SEEK_SET));
  show("seek whence", lseek(fd, 0, 99));
  show("truncate", ftruncate(fd, 6));
  show("truncate negative", ftruncate(fd, -1));
  show("end", lseek(fd, 0, SEEK_END));
  struct iovec parts[3] = {{"xx", 2}, {"", 0}, {"yyy", 3}};
  show("writev", writev(fd, parts, 3));
  int again = dup(fd);
  show("shared position", lseek(again, 0, SEEK_CUR));
  close(again);
  show("closed", write(again, "x", 1));
  show("close twice", close(again));
  show("dup2", dup2(fd, 77) == 77);
  show("dup2 same", dup2(77, 77) == 77);
  show("dup3 same", dup3(77, 77, 0));
  show("fcntl getfl", fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
  show("fcntl setfl", fcntl(fd, F_SETFL, O_APPEND));
  lseek(fd, 0, SEEK_SET);
  show("append", write(fd, "Z", 1));
  show("appended", lseek(fd, 0, SEEK_CUR));
  show("cloexec", fcntl(77, F_SETFD, FD_CLOEXEC));
  show("cloexec", fcntl(77, F_GETFD));
  show("dupfd", fcntl(fd, F_DUPFD, 100));
  show("lowest free", open("a", O_RDONLY) == 4);
  close(fd);
}

static void errors(void) {
  char target_byte[1];
  show("exists", open("a", O_CREAT | O_EXCL, 0600));
  show("missing", open("nothing", O_RDONLY));
  show("missing folder", open("no/where", O_CREAT, 0600));
  show("not a folder", open("a/b", O_RDONLY));
  show("folder for writing", open(".", O_WRONLY));
  show("o_directory", open("a", O_DIRECTORY));
  show("write to read-only", write(open("a", O_RDONLY), "x", 1));
  show("read from write-only", read(open("a", O_WRONLY), target_byte, 1));
  show("read folder", read(open(".", O_RDONLY), target_byte, 1));
  char name[5000];
  memset(name, 'n', sizeof name);
  name[256] = 0;
  show("name too long", open(name, O_CREAT, 0600));
  name[256] = 'n';
  name[4999] = 0;
  show("path too long", open(name, O_RDONLY));
  show("empty name", open("", O_RDONLY));
  show("bad descriptor", read(-1, name, 1));
}

static void names(void) {
  show("link", link("a", "b"));
  struct stat st;
  stat("b", &st);
  printf("links %ld\n", (long)st.st_nlink);
  show("symlink", symlink("b", "s"));
  char target[64] = "";
  show("readlink", readlink("s", target, sizeof target));
  printf("%s\n", target);
  show("readlink of file", readlink("a", target, sizeof target));
  lstat("s", &st);
  printf("symlink %d size %ld\n", S_ISLNK(st.st_mode), (long)st.st_size);
  show("nofollow", open("s", O_NOFOLLOW));
  show("follow", open("s", O_RDONLY) > 0);
  show("dangling", symlink("nowhere", "d"));
  show("open dangling", open("d", O_RDONLY));
  show("loop", symlink("loop", "loop"));
  show("open loop", open("loop", O_RDONLY));
  show("rename", rename("b", "c"));
  show("old name", access("b", F_OK));
  show("rename missing", rename("b", "e"));
  show("rename over", rename("c", "a"));
  mkdir("sub", 0755);
  show("rename into", rename("a", "sub/a"));
  show("rename file over folder", rename("s", "sub"));
  show("rename folder into itself", rename("sub", "sub/x"));
  show("unlink folder", unlink("sub"));
  show("unlink", unlink("sub/a"));
  show("unlink", unlink("sub/a"));
  show("rmdir", rmdir("sub"));
  int fd = open("gone", O_RDWR | O_CREAT, 0600);
  unlink("gone");
  show("write unlinked", write(fd, "still", 5));
  fstat(fd, &st);
  printf("links %ld size %ld\n", (long)st.st_nlink, (long)st.st_size);
  unlink("s");
  unlink("d");
  unlink("loop");
  unlink("c");
}

int main(void) {
  folder = scratch_path("elfin_files_XXXXXX");
  if (mkdtemp(folder) == NULL || chdir(folder) != 0) return 1;
  umask(022);
  positions();
  errors();
  names();
  show("empty now", rmdir(folder));
  return 0;
}
