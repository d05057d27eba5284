// SHA-256 (FIPS 180-4) of a buffer of 1 MiB, again and again, each digest going into the next
// buffer. Size: mebibytes.
#include <string.h>

#include "kernel.h"

enum { kBlock = 64, kBuffer = 1 << 20 };

static uint32_t round_constants[64];
static uint32_t initial_hash[8];

// The first 32 bits of the fractional part of the square or cube root of a prime: the largest whole
// number whose power does not exceed the prime shifted.
static uint32_t FractionOfRoot(unsigned prime, int power) {
  uint64_t low = 0, high = (uint64_t)32 << 32;
  while (high - low > 1) {
    const uint64_t middle = low + (high - low) / 2;
    unsigned __int128 value = (unsigned __int128)middle * middle;
    unsigned __int128 bound = (unsigned __int128)prime << 64;
    if (power == 3) {
      value *= middle;  // below 2^111: the cube root of a prime below 312 is under 7
      bound <<= 32;
    }
    if (value <= bound) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (uint32_t)low;
}

static void MakeConstants(void) {
  unsigned prime = 2;
  for (int i = 0; i < 64; ++prime) {
    unsigned divisor = 2;
    while (divisor * divisor <= prime && prime % divisor != 0) ++divisor;
    if (divisor * divisor <= prime) continue;
    if (i < 8) initial_hash[i] = FractionOfRoot(prime, 2);
    round_constants[i++] = FractionOfRoot(prime, 3);
  }
}

static inline uint32_t RotateRight(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void Compress(uint32_t hash[8], const uint8_t* block) {
  uint32_t w[64];
  for (int i = 0; i < 16; ++i) {
    uint32_t word;
    memcpy(&word, block + 4 * i, 4);
    w[i] = __builtin_bswap32(word);
  }
  for (int i = 16; i < 64; ++i) {
    const uint32_t a = w[i - 15], b = w[i - 2];
    const uint32_t sigma0 = RotateRight(a, 7) ^ RotateRight(a, 18) ^ a >> 3;
    const uint32_t sigma1 = RotateRight(b, 17) ^ RotateRight(b, 19) ^ b >> 10;
    w[i] = w[i - 16] + sigma0 + w[i - 7] + sigma1;
  }
  uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  uint32_t e = hash[4], f = hash[5], g = hash[6], h = hash[7];
  for (int i = 0; i < 64; ++i) {
    const uint32_t sum1 = RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25);
    const uint32_t choice = (e & f) ^ (~e & g);
    const uint32_t t1 = h + sum1 + choice + round_constants[i] + w[i];
    const uint32_t sum0 = RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22);
    const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    const uint32_t t2 = sum0 + majority;
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d;
  hash[4] += e, hash[5] += f, hash[6] += g, hash[7] += h;
}

static void Digest(const uint8_t* bytes, size_t count, uint32_t hash[8]) {
  memcpy(hash, initial_hash, sizeof initial_hash);
  size_t at = 0;
  for (; at + kBlock <= count; at += kBlock) Compress(hash, bytes + at);
  uint8_t last[2 * kBlock] = {0};
  const size_t rest = count - at;
  memcpy(last, bytes + at, rest);
  last[rest] = 0x80;
  const size_t padded = rest + 9 <= kBlock ? kBlock : 2 * kBlock;
  const uint64_t bits = __builtin_bswap64((uint64_t)count * 8);
  memcpy(last + padded - 8, &bits, 8);
  for (size_t i = 0; i < padded; i += kBlock) Compress(hash, last + i);
}

int main(int argc, char** argv) {
  const long mebibytes = KernelSize(argc, argv, 300);
  uint32_t hash[8];
  MakeConstants();
  Digest((const uint8_t*)"abc", 3, hash);
  if (hash[0] != 0xba7816bf || hash[7] != 0xf20015ad) return 1;  // the standard's example
  uint8_t* buffer = Allocate(kBuffer);
  FillRandom(buffer, kBuffer, 256);
  uint64_t checksum = 0;
  for (long i = 0; i < mebibytes; ++i) {
    Digest(buffer, kBuffer, hash);
    memcpy(buffer, hash, sizeof hash);
    checksum = Mix(checksum, (uint64_t)hash[0] << 32 | hash[7]);
  }
  return PrintChecksum("sha256", checksum);
}
