// Base64 (RFC 4648), there and back. Size: mebibytes.
#include <string.h>

#include "kernel.h"

enum { kBuffer = 1 << 20 };

static const char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t Encode(const uint8_t* from, size_t count, char* to) {
  char* const start = to;
  for (; count >= 3; count -= 3, from += 3) {
    const uint32_t bits = (uint32_t)(from[0] << 16 | from[1] << 8 | from[2]);
    *to++ = kAlphabet[bits >> 18];
    *to++ = kAlphabet[bits >> 12 & 63];
    *to++ = kAlphabet[bits >> 6 & 63];
    *to++ = kAlphabet[bits & 63];
  }
  if (count > 0) {
    const uint32_t bits = (uint32_t)(from[0] << 16 | (count > 1 ? from[1] << 8 : 0));
    *to++ = kAlphabet[bits >> 18];
    *to++ = kAlphabet[bits >> 12 & 63];
    *to++ = count > 1 ? kAlphabet[bits >> 6 & 63] : '=';
    *to++ = '=';
  }
  return (size_t)(to - start);
}

// How many bytes came out; `values` has 0…63 for the letters of the alphabet and 255 for all
// others.
static size_t Decode(const char* from, size_t count, const uint8_t* values, uint8_t* to) {
  uint8_t* const start = to;
  uint32_t bits = 0;
  int pending = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t value = values[(uint8_t)from[i]];
    if (value == 255) break;
    bits = bits << 6 | value;
    pending += 6;
    if (pending < 8) continue;
    pending -= 8;
    *to++ = (uint8_t)(bits >> pending);
  }
  return (size_t)(to - start);
}

int main(int argc, char** argv) {
  const long mebibytes = KernelSize(argc, argv, 750);
  uint8_t values[256];
  memset(values, 255, sizeof values);
  for (int i = 0; i < 64; ++i) values[(uint8_t)kAlphabet[i]] = (uint8_t)i;
  uint8_t* bytes = Allocate(kBuffer + 1);
  uint8_t* back = Allocate(kBuffer + 1);
  char* letters = Allocate(kBuffer / 3 * 4 + 8);
  FillRandom(bytes, kBuffer, 64);
  uint64_t checksum = 0;
  for (long i = 0; i < mebibytes; ++i) {
    const size_t count = kBuffer - (size_t)i % 3;
    const size_t length = Encode(bytes, count, letters);
    if (Decode(letters, length, values, back) != count || memcmp(bytes, back, count)) return 1;
    for (size_t at = 0; at < length; at += 1021) checksum = Mix(checksum, (uint64_t)letters[at]);
    bytes[checksum % kBuffer] ^= (uint8_t)checksum;
  }
  return PrintChecksum("base64", checksum);
}
