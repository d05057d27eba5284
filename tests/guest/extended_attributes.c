// Extended attributes: by path, link and descriptor; sizes, flags, namespaces, what can't hold any.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "scratch.h"

static void report(const char* what, long result) {
  if (result < 0) {
    printf("%s: errno %d\n", what, errno);
  } else {
    printf("%s: %ld\n", what, result);
  }
}

static int compare_names(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

/// The names in order: filesystems have orders of their own. What the host's adds is left out.
static void list(const char* what, const char* names, long size) {
  char* sorted[64];
  int count = 0;
  for (long at = 0; at < size; at += (long)strlen(names + at) + 1) {
    if (strcmp(names + at, "security.selinux") != 0) sorted[count++] = (char*)names + at;
  }
  qsort(sorted, count, sizeof(char*), compare_names);
  printf("%s:", what);
  for (int i = 0; i < count; i++) printf(" %s", sorted[i]);
  printf("\n");
}

static char names[4096];
static char value[70000];

int main(void) {
  char* file = scratch_path("attributes");
  char* symlink_path = scratch_path("attributes-link");
  char* directory = scratch_path("attributes-directory");
  unlink(file);
  unlink(symlink_path);
  rmdir(directory);
  int fd = open(file, O_CREAT | O_RDWR, 0644);
  if (fd < 0 || symlink(file, symlink_path) != 0 || mkdir(directory, 0755) != 0) return 1;

  report("get none", getxattr(file, "user.a", value, sizeof(value)));
  report("remove none", removexattr(file, "user.a"));
  report("set", setxattr(file, "user.a", "first", 5, 0));
  report("create again", setxattr(file, "user.a", "x", 1, XATTR_CREATE));
  report("replace none", setxattr(file, "user.b", "x", 1, XATTR_REPLACE));
  report("replace", fsetxattr(fd, "user.a", "second", 6, XATTR_REPLACE));
  report("create", setxattr(symlink_path, "user.through-link", "", 0, XATTR_CREATE));
  report("its size", getxattr(file, "user.a", NULL, 0));
  report("too small", getxattr(file, "user.a", value, 3));
  long size = fgetxattr(fd, "user.a", value, sizeof(value));
  printf("got %.*s\n", (int)size, value);
  report("empty", lgetxattr(file, "user.through-link", value, 10));
  size = listxattr(file, names, sizeof(names));
  list("names", names, size);
  size = flistxattr(fd, names, sizeof(names));
  list("names by descriptor", names, size);
  report("names too small", listxattr(symlink_path, names, 4));

  report("of a link", lsetxattr(symlink_path, "user.a", "x", 1, 0));
  report("get of a link", lgetxattr(symlink_path, "user.a", value, 10));
  report("trusted of a link", lsetxattr(symlink_path, "trusted.a", "linked", 6, 0));
  size = llistxattr(symlink_path, names, sizeof(names));
  list("names of a link", names, size);
  report("of a directory", setxattr(directory, "user.d", "dir", 3, 0));
  report("get of a directory", getxattr(directory, "user.d", value, 10));

  report("no namespace", setxattr(file, "plain", "x", 1, 0));
  report("unknown namespace", setxattr(file, "other.a", "x", 1, 0));
  report("nothing behind it", setxattr(file, "user.", "x", 1, 0));
  report("no name", setxattr(file, "", "x", 1, 0));
  memset(names, 'n', 300);
  memcpy(names, "user.", 5);
  names[255] = 0;
  report("longest name", setxattr(file, names, "x", 1, 0));
  report("remove it", lremovexattr(file, names));
  names[255] = 'n';
  names[256] = 0;
  report("too long a name", setxattr(file, names, "x", 1, 0));
  report("too large", setxattr(file, "user.large", value, 65537, 0));
  report("flags", setxattr(file, "user.a", "x", 1, 4));
  report("bad address", setxattr(file, "user.a", (void*)16, 1, 0));
  report("no file", getxattr("/nonexistent", "user.a", value, 1));
  report("no descriptor", fgetxattr(77, "user.a", value, 1));

  memset(value, 'v', 2000);
  report("long", setxattr(file, "user.long", value, 2000, 0));
  memset(value, 0, 2000);
  report("get long", getxattr(file, "user.long", value, sizeof(value)));
  printf("%c%c\n", value[0], value[1999]);
  report("remove", fremovexattr(fd, "user.a"));
  report("get removed", getxattr(file, "user.a", value, 10));

  // Without rights.
  chmod(file, 0600);
  report("no capability", setxattr(file, "security.capability", "nonsense", 8, 0));
  report("security", setxattr(file, "security.test", "s", 1, 0));
  if (seteuid(65534) == 0) {
    report("get another's", getxattr(file, "user.long", value, sizeof(value)));
    report("set another's", setxattr(file, "user.c", "x", 1, 0));
    report("set trusted", setxattr(file, "trusted.c", "x", 1, 0));
    report("get trusted of a link", lgetxattr(symlink_path, "trusted.a", value, 10));
    report("get security", getxattr(file, "security.test", value, 10));
    if (seteuid(0) != 0) return 1;
  }
  unlink(file);
  unlink(symlink_path);
  rmdir(directory);
  return 0;
}
