// Integer arithmetic of all widths, compared by hash: multiply, divide, shift, rotate, bit counts.
#include <stdint.h>
#include <stdio.h>

static uint64_t state = 1;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}
static uint64_t hash;
static void mix(uint64_t value) { hash = (hash ^ value) * 0x100000001b3ull; }

#define ARITHMETIC(T, U)                              \
  do {                                                \
    hash = 0;                                         \
    for (int i = 0; i < 20000; ++i) {                 \
      volatile T a = (T)next(), b = (T)next();        \
      volatile unsigned n = next() % (8 * sizeof(T)); \
      if (i % 16 == 0) b = (T)(i / 16 % 4);           \
      mix((U)((U)a + (U)b));                          \
      mix((U)((U)a - (U)b));                          \
      mix((U)((U)a * (U)b));                          \
      if (b != 0 && !(b == (T)-1)) {                  \
        mix((U)(a / b));                              \
        mix((U)(a % b));                              \
      }                                               \
      mix((U)((U)a << n));                            \
      mix((U)(a >> n));                               \
      mix((U)(((U)a << n) | ((U)a >> ((8 * sizeof(T) - n) % (8 * sizeof(T)))))); \
      T result;                                       \
      mix(__builtin_add_overflow(a, b, &result));     \
      mix(__builtin_mul_overflow(a, b, &result));     \
      mix((a < b) | (a <= b) << 1 | (a == b) << 2);   \
    }                                                 \
    printf("%-10s %016llx\n", #T, (unsigned long long)hash); \
  } while (0)

int main(void) {
  ARITHMETIC(int8_t, uint8_t);
  ARITHMETIC(uint8_t, uint8_t);
  ARITHMETIC(int16_t, uint16_t);
  ARITHMETIC(uint16_t, uint16_t);
  ARITHMETIC(int32_t, uint32_t);
  ARITHMETIC(uint32_t, uint32_t);
  ARITHMETIC(int64_t, uint64_t);
  ARITHMETIC(uint64_t, uint64_t);
  ARITHMETIC(__int128, unsigned __int128);
  hash = 0;
  for (int i = 0; i < 20000; ++i) {
    volatile uint64_t x = next() >> (i % 64) | 1;
    mix(__builtin_clzll(x) * 64 + __builtin_ctzll(x));
    mix(__builtin_popcountll(x));
    mix(__builtin_bswap64(x));
    mix(__builtin_bswap32((uint32_t)x));
    mix(__builtin_parityll(x));
    unsigned long long carry_in = x & 1;
    unsigned long long low;
    __asm__("bt $0, %2\n adc %3, %0\n sbb $0, %1"
            : "=&r"(low), "=&r"(carry_in)
            : "r"((unsigned long long)x), "r"((unsigned long long)~x), "0"(x), "1"(x)
            : "cc");
    mix(low);
    mix(carry_in);
  }
  printf("bits %016llx\n", (unsigned long long)hash);
  return 0;
}
