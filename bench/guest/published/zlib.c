// Compresses a text with Debian's libz and expands it again.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { kSize = 1 << 18 };

static unsigned char text[kSize], packed[2 * kSize], again[kSize];

static void MakeText(unsigned seed) {
  static const char* const kWords[] = {"one ", "other ", "number ", "of ", "the ", "a ", "machine ", "word\n"};
  size_t at = 0;
  while (at < kSize) {
    seed = seed * 1103515245 + 12345;
    const char* word = kWords[seed >> 16 & 7];
    size_t length = strlen(word);
    if (length > kSize - at) length = kSize - at;
    memcpy(text + at, word, length);
    at += length;
    if (at < kSize && (seed >> 20 & 3) == 0) text[at++] = (unsigned char)(seed >> 24 & 127);
  }
}

int main(int argc, char** argv) {
  long count = argc == 2 ? atol(argv[1]) : 0;
  unsigned long total = 0, checksum = 1;
  if (count <= 0) return 2;
  for (long i = 0; i < count; i++) {
    uLongf packed_size = sizeof packed, size = sizeof again;
    MakeText((unsigned)i + 1);
    if (compress2(packed, &packed_size, text, kSize, 6) != Z_OK) return 1;
    if (uncompress(again, &size, packed, packed_size) != Z_OK || size != kSize) return 1;
    if (memcmp(text, again, kSize) != 0) return 1;
    total += packed_size;
    checksum = adler32(checksum, packed, (uInt)packed_size);
  }
  printf("%ld texts in %lu bytes, %08lx\n", count, total, checksum);
  return 0;
}
