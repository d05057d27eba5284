// A compressor of the family of Lempel and Ziv's: matches by hash chains in a window of 32 KiB, and
// the way back. Size: times over 1 MiB of text.
#include <string.h>

#include "kernel.h"

enum {
  kText = 1 << 20,
  kWindow = 1 << 15,
  kHashBits = 14,
  kChain = 24,
  kShortest = 4,
  kLongest = 258
};

static uint32_t Hash(const uint8_t* at) {
  uint32_t word;
  memcpy(&word, at, 4);
  return word * 2654435761u >> (32 - kHashBits);
}

// Tokens: 0 LENGTH bytes…, or LENGTH - 3 and two bytes of distance.
static size_t Compress(const uint8_t* text, size_t count, uint8_t* to) {
  static int32_t head[1 << kHashBits], previous[kWindow];
  uint8_t* const start = to;
  uint8_t* run = NULL;  // the length of the literals that are being collected
  memset(head, -1, sizeof head);
  for (size_t at = 0; at < count;) {
    size_t best = 0, distance = 0;
    const size_t room = count - at < kLongest ? count - at : kLongest;
    int32_t candidate = at + 4 <= count ? head[Hash(text + at)] : -1;
    for (int i = 0; i < kChain && candidate >= 0 && at - (size_t)candidate < kWindow; ++i) {
      const uint8_t* earlier = text + candidate;
      if (best < room && earlier[best] == text[at + best]) {
        size_t length = 0;
        while (length < room && earlier[length] == text[at + length]) ++length;
        if (length > best) best = length, distance = at - (size_t)candidate;
      }
      const int32_t next = previous[candidate % kWindow];
      if (next >= candidate) break;
      candidate = next;
    }
    const size_t step = best >= kShortest ? best : 1;
    if (best >= kShortest) {
      *to++ = (uint8_t)(best - 3);
      *to++ = (uint8_t)distance;
      *to++ = (uint8_t)(distance >> 8);
      run = NULL;
    } else {
      if (!run || *run == 255) *to++ = 0, run = to, *to++ = 0;
      ++*run;
      *to++ = text[at];
    }
    for (size_t i = 0; i < step && at + i + 4 <= count; ++i) {
      const uint32_t hash = Hash(text + at + i);
      previous[(at + i) % kWindow] = head[hash];
      head[hash] = (int32_t)(at + i);
    }
    at += step;
  }
  return (size_t)(to - start);
}

static size_t Expand(const uint8_t* from, size_t count, uint8_t* to) {
  uint8_t* const start = to;
  const uint8_t* const end = from + count;
  while (from < end) {
    const uint8_t token = *from++;
    if (token == 0) {
      for (unsigned left = *from++; left > 0; --left) *to++ = *from++;
    } else {
      const uint8_t* earlier = to - (from[0] | from[1] << 8);
      from += 2;
      for (unsigned left = token + 3u; left > 0; --left) *to++ = *earlier++;
    }
  }
  return (size_t)(to - start);
}

int main(int argc, char** argv) {
  const long rounds = KernelSize(argc, argv, 72);
  uint8_t* text = Allocate(kText);
  uint8_t* packed = Allocate(2 * kText);
  uint8_t* back = Allocate(kText);
  uint64_t checksum = 0;
  for (long round = 0; round < rounds; ++round) {
    FillText(text, kText, 70 + (uint64_t)round);
    const size_t size = Compress(text, kText, packed);
    if (Expand(packed, size, back) != kText || memcmp(text, back, kText)) return 1;
    checksum = Mix(checksum, size);
    for (size_t at = 0; at < size; at += 997) checksum = Mix(checksum, packed[at]);
  }
  return PrintChecksum("lz77", checksum);
}
