// Three ways to find words in 1 MiB of text: byte by byte, Horspool's, and Knuth, Morris and
// Pratt's. Size: how many words.
#include <string.h>

#include "kernel.h"

enum { kText = 1 << 20, kLongest = 24 };

static long CountPlain(const uint8_t* text, size_t length, const uint8_t* word, size_t size) {
  long count = 0;
  for (size_t at = 0; at + size <= length; ++at) {
    size_t i = 0;
    while (i < size && text[at + i] == word[i]) ++i;
    count += i == size;
  }
  return count;
}

static long CountHorspool(const uint8_t* text, size_t length, const uint8_t* word, size_t size) {
  size_t shift[256];
  for (int i = 0; i < 256; ++i) shift[i] = size;
  for (size_t i = 0; i + 1 < size; ++i) shift[word[i]] = size - 1 - i;
  long count = 0;
  for (size_t at = 0; at + size <= length; at += shift[text[at + size - 1]]) {
    size_t i = size;
    while (i > 0 && text[at + i - 1] == word[i - 1]) --i;
    count += i == 0;
  }
  return count;
}

static long CountByPrefixes(const uint8_t* text, size_t length, const uint8_t* word, size_t size) {
  size_t border[kLongest + 1];  // of each prefix: the longest proper border
  border[0] = border[1] = 0;
  for (size_t i = 1, matched = 0; i < size; ++i) {
    while (matched > 0 && word[i] != word[matched]) matched = border[matched];
    matched += word[i] == word[matched];
    border[i + 1] = matched;
  }
  long count = 0;
  for (size_t at = 0, matched = 0; at < length; ++at) {
    while (matched > 0 && (matched == size || text[at] != word[matched])) matched = border[matched];
    matched += text[at] == word[matched];
    count += matched == size;
  }
  return count;
}

int main(int argc, char** argv) {
  const long words = KernelSize(argc, argv, 400);
  uint8_t* text = Allocate(kText);
  FillText(text, kText, 3);
  uint64_t state = 4, checksum = 0;
  for (long i = 0; i < words; ++i) {
    uint8_t word[kLongest];
    const size_t size = 3 + NextRandom(&state) % (kLongest - 3);
    memcpy(word, text + NextRandom(&state) % (kText - kLongest), size);
    const long count = CountPlain(text, kText, word, size);
    if (CountHorspool(text, kText, word, size) != count) return 1;
    if (CountByPrefixes(text, kText, word, size) != count) return 1;
    checksum = Mix(checksum, (uint64_t)count);
  }
  return PrintChecksum("string_search", checksum);
}
