// Directories: making, listing, walking, removing, working directory.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

static void show(const char* what, long result) {
  printf("%s: ", what);
  if (result < 0) puts(strerrorname_np(errno));
  else printf("%ld\n", result);
}

static size_t prefix;
static char* walked[20];
static int walked_count;
static int visit(const char* path, const struct stat* st, int type, struct FTW* where) {
  if (asprintf(&walked[walked_count++], "walk %s level %d type %d dir %d", path + prefix, where->level,
               type, S_ISDIR(st->st_mode)) < 0) {
    abort();
  }
  return 0;
}
static int compare(const void* a, const void* b) { return strcmp(*(char**)a, *(char**)b); }

static int count_entries(const char* path) {
  DIR* dir = opendir(path);
  int count = 0;
  while (readdir(dir) != NULL) ++count;
  closedir(dir);
  return count;
}

int main(void) {
  char* folder = scratch_path("elfin_dirs_XXXXXX");
  if (mkdtemp(folder) == NULL || chdir(folder) != 0) return 1;
  umask(022);
  char cwd[4096];
  printf("getcwd %d\n", strcmp(getcwd(cwd, sizeof cwd), folder) == 0);
  show("mkdir", mkdir("d", 0777));
  show("mkdir again", mkdir("d", 0777));
  show("mkdir under nothing", mkdir("x/y", 0777));
  show("mkdir trailing slash", mkdir("e/", 0700));
  for (int i = 0; i < 300; ++i) {
    char name[64];
    snprintf(name, sizeof name, "d/file_with_a_rather_long_name_%03d", i);
    close(open(name, O_CREAT | O_WRONLY, 0644));
  }
  printf("entries %d\n", count_entries("d"));

  struct dirent** list;
  int n = scandir("d", &list, NULL, alphasort);
  printf("sorted %d: %s %s … %s type %d\n", n, list[0]->d_name, list[2]->d_name,
         list[n - 1]->d_name, list[n - 1]->d_type);
  DIR* dir = opendir("d");
  for (int i = 0; i < 10; ++i) readdir(dir);
  long place = telldir(dir);
  char next[256];
  strcpy(next, readdir(dir)->d_name);
  seekdir(dir, place);
  printf("seekdir %d\n", strcmp(next, readdir(dir)->d_name) == 0);
  rewinddir(dir);
  int removed = 0;
  for (struct dirent* e; (e = readdir(dir)) != NULL;) {
    if (e->d_name[0] == 'f') removed += unlinkat(dirfd(dir), e->d_name, 0) == 0;
  }
  closedir(dir);
  printf("removed while reading %d, left %d\n", removed, count_entries("d"));

  mkdir("d/sub", 0755);
  close(open("d/sub/leaf", O_CREAT | O_WRONLY, 0600));
  symlink("sub", "d/link");
  show("rmdir full", rmdir("d"));
  show("chdir", chdir("d/link"));
  printf("in %s\n", getcwd(cwd, sizeof cwd) + strlen(folder));
  show("parent", access("../sub/leaf", R_OK));
  show("chdir to file", chdir("leaf"));
  show("chdir home", chdir(folder));
  prefix = strlen(folder);
  char* walk = folder;
  nftw(walk, visit, 10, FTW_PHYS | FTW_DEPTH);
  qsort(walked, walked_count, sizeof *walked, compare);  // a folder's order is its filesystem's own
  for (int i = 0; i < walked_count; ++i) puts(walked[i]);
  glob_t matches;
  show("glob", glob("d/s*/l*", 0, NULL, &matches));
  printf("%zu %s\n", matches.gl_pathc, matches.gl_pathv[0]);
  char* real = realpath("d/link/../link/leaf", NULL);
  printf("realpath %s\n", real + strlen(folder));
  int fd = open("d", O_RDONLY | O_DIRECTORY);
  show("openat", openat(fd, "sub/leaf", O_RDONLY) > 0);
  show("mkdirat", mkdirat(fd, "at", 0711));
  struct stat st;
  show("fstatat", fstatat(fd, "at", &st, 0));
  printf("mode %o links %ld\n", st.st_mode, (long)st.st_nlink);
  show("fchdir", fchdir(fd));
  show("rmdir dot", rmdir("."));
  show("unlinkat", unlinkat(fd, "at", AT_REMOVEDIR));
  unlink("sub/leaf");
  unlink("link");
  rmdir("sub");
  chdir(folder);
  show("rmdir", rmdir("d"));
  show("rmdir", rmdir("e"));
  show("getcwd after rmdir", rmdir(folder));
  printf("%d", getcwd(cwd, sizeof cwd) == NULL);
  printf(" %s\n", strerrorname_np(errno));
  return 0;
}
