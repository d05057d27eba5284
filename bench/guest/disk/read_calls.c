// Reads a file from its begin to its end in calls of so many bytes.
#include <unistd.h>

#include "disk.h"

int main(int argc, char** argv) {
  const long size = CountOf(argc, argv);
  unsigned char* bytes = malloc((size_t)size);
  const int file = open(argv[1], O_RDONLY);
  Expect(file >= 0, argv[1]);
  uint64_t sum = 0;
  uint64_t total = 0;
  for (;;) {
    const ssize_t count = read(file, bytes, (size_t)size);
    Expect(count >= 0, "read");
    if (count == 0) break;
    total += (uint64_t)count;
    for (ssize_t i = 0; i < count; i += kBlock) sum = sum * 31 + bytes[i];
  }
  printf("%lu bytes, %016lx\n", total, sum);
  return 0;
}
