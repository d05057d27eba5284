// Makes a directory with so many files of 100 bytes, then removes it all.
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"

int main(int argc, char** argv) {
  const long count = CountOf(argc, argv);
  char bytes[100];
  char name[32];
  memset(bytes, 'x', sizeof bytes);
  Expect(mkdir(argv[1], 0755) == 0 && chdir(argv[1]) == 0, argv[1]);
  for (long i = 0; i < count; i++) {
    snprintf(name, sizeof name, "file-%ld", i);
    const int file = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
    Expect(file >= 0, name);
    Expect(write(file, bytes, sizeof bytes) == sizeof bytes, "write");
    Expect(close(file) == 0, "close");
  }
  for (long i = 0; i < count; i++) {
    snprintf(name, sizeof name, "file-%ld", i);
    Expect(unlink(name) == 0, name);
  }
  Expect(chdir("/") == 0 && rmdir(argv[1]) == 0, "rmdir");
  printf("%ld files\n", count);
  return 0;
}
