// Writes a new file, 4 KiB at a time, each followed by an fsync.
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"

int main(int argc, char** argv) {
  const long count = CountOf(argc, argv);
  unsigned char bytes[kBlock];
  const int file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  Expect(file >= 0, argv[1]);
  for (long i = 0; i < count; i++) {
    memset(bytes, (int)i, sizeof bytes);
    Expect(write(file, bytes, kBlock) == kBlock, "write");
    Expect(fsync(file) == 0, "fsync");
  }
  struct stat attributes;
  Expect(fstat(file, &attributes) == 0, "fstat");
  printf("%ld bytes\n", (long)attributes.st_size);
  Expect(unlink(argv[1]) == 0, "unlink");
  return 0;
}
