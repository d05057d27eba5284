// What every kernel has in common: its size from the command line, numbers that look random and are
// the same everywhere, a text, and the one line that it prints. Only integer arithmetic, no state
// but what is passed in.
#ifndef ELFIN_BENCH_GUEST_KERNEL_H_
#define ELFIN_BENCH_GUEST_KERNEL_H_

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// The first argument, if there is one: how much work; what a unit is, each kernel says itself.
static inline long KernelSize(int argc, char** argv, long full) {
  const long size = argc > 1 ? atol(argv[1]) : full;
  if (size > 0) return size;
  fprintf(stderr, "%s: the size must be a positive number\n", argv[0]);
  exit(2);
}

static inline void* Allocate(size_t bytes) {
  void* memory = malloc(bytes);
  if (memory) return memory;
  fprintf(stderr, "out of memory\n");
  exit(2);
}

// Marsaglia's xorshift; *state must not be 0.
static inline uint64_t NextRandom(uint64_t* state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  return *state ^= *state << 17;
}

static inline void FillRandom(uint8_t* bytes, size_t count, uint64_t seed) {
  for (size_t i = 0; i < count; ++i) bytes[i] = (uint8_t)(NextRandom(&seed) >> 32);
}

// Words of two to nine letters, drawn from 1024 with the low ones preferred, in lines: compresses
// about as ordinary text does.
static inline void FillText(uint8_t* bytes, size_t count, uint64_t seed) {
  static const char kLetters[] = "eeeettaaooiinnsshhrrddlucmfywgpbvkxqjz";
  size_t at = 0;
  unsigned column = 0;
  while (at < count) {
    const uint64_t draw = NextRandom(&seed);
    uint64_t word = ((draw & 1023) * (draw >> 10 & 1023) >> 10) * 0x9e3779b97f4a7c15u + 1;
    const unsigned length = 2 + (unsigned)(word >> 61);
    for (unsigned i = 0; i < length && at < count; ++i) {
      bytes[at++] = (uint8_t)kLetters[NextRandom(&word) % (sizeof kLetters - 1)];
    }
    column += length + 1;
    if (at < count) bytes[at++] = column > 70 ? '\n' : ' ';
    if (column > 70) column = 0;
  }
}

// A running checksum (Fowler, Noll and Vo's step, of 64 bits at once); begin with 0.
static inline uint64_t Mix(uint64_t checksum, uint64_t value) {
  return (checksum ^ value) * 0x100000001b3u + (checksum >> 32);
}

static inline uint64_t MixDouble(uint64_t checksum, double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return Mix(checksum, bits);
}

static inline int PrintChecksum(const char* name, uint64_t checksum) {
  printf("%s %016llx\n", name, (unsigned long long)checksum);
  return 0;
}

#endif  // ELFIN_BENCH_GUEST_KERNEL_H_
