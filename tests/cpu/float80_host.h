// The processor's own x87, one instruction at a time, and operands worth trying on it.
#pragma once

#include <cstdint>
#include <cstring>
#include <ostream>
#include <random>

#include "runtime/cpu/float80/float80.h"

namespace elfin::cpu::float80 {

inline std::ostream& operator<<(std::ostream& out, Float80 a) {
  char text[32];
  snprintf(text, sizeof(text), "%04x:%016llx", a.sign_exponent,
           static_cast<unsigned long long>(a.significand));
  return out << text;
}

namespace host {

struct [[gnu::packed]] Memory80 {
  uint64_t significand;
  uint16_t sign_exponent;
};

inline Memory80 ToMemory(Float80 a) { return {a.significand, a.sign_exponent}; }
inline Float80 FromMemory(Memory80 a) { return {a.significand, a.sign_exponent}; }

struct Outcome {
  Float80 value;   // st(0)
  Float80 second;  // st(1)
  uint16_t status;
};

// Every wrapper loads st(1) = b and st(0) = a, clears the exceptions, runs one instruction with all
// exceptions of `control` in force, and reads the status word without waiting, so that nothing
// traps.
#define ELFIN_HOST_X87(name, instruction)                                                  \
  inline Outcome name(uint16_t control, Float80 a, Float80 b) {                            \
    Memory80 ma = ToMemory(a), mb = ToMemory(b), result, second;                           \
    uint16_t status;                                                                       \
    const uint16_t masked = 0x037f;                                                        \
    asm volatile("fninit\n\t fldt %[b]\n\t fldt %[a]\n\t fldcw %[control]\n\t" instruction \
                 "\n\t"                                                                    \
                 "fnstsw %[status]\n\t fnclex\n\t fldcw %[masked]\n\t fstpt %[result]\n\t" \
                 "fstpt %[second]\n\t fninit"                                              \
                 : [result] "=m"(result), [second] "=m"(second), [status] "=m"(status)     \
                 : [a] "m"(ma), [b] "m"(mb), [control] "m"(control), [masked] "m"(masked)  \
                 : "memory");                                                              \
    return {FromMemory(result), FromMemory(second), status};                               \
  }

ELFIN_HOST_X87(Add, "fadd %%st(1), %%st")
ELFIN_HOST_X87(Subtract, "fsub %%st(1), %%st")
ELFIN_HOST_X87(Multiply, "fmul %%st(1), %%st")
ELFIN_HOST_X87(Divide, "fdiv %%st(1), %%st")
ELFIN_HOST_X87(SquareRoot, "fsqrt")
ELFIN_HOST_X87(Remainder, "fprem")
ELFIN_HOST_X87(NearestRemainder, "fprem1")
ELFIN_HOST_X87(Scale, "fscale")
ELFIN_HOST_X87(Extract, "fxtract")
ELFIN_HOST_X87(RoundToIntegral, "frndint")
ELFIN_HOST_X87(Compare, "fcom")
ELFIN_HOST_X87(CompareUnordered, "fucom")
ELFIN_HOST_X87(Examine, "fxam")
ELFIN_HOST_X87(Sine, "fsin")
ELFIN_HOST_X87(Cosine, "fcos")
ELFIN_HOST_X87(SineCosine, "fsincos")
ELFIN_HOST_X87(Tangent, "fptan")
ELFIN_HOST_X87(ArcTangent, "fpatan")
ELFIN_HOST_X87(PowerOfTwo, "f2xm1")
ELFIN_HOST_X87(Logarithm, "fyl2x")
ELFIN_HOST_X87(LogarithmPlusOne, "fyl2xp1")
ELFIN_HOST_X87(LoadLog2Of10, "fldl2t")
ELFIN_HOST_X87(LoadLog2OfE, "fldl2e")
ELFIN_HOST_X87(LoadPi, "fldpi")
ELFIN_HOST_X87(LoadLog10Of2, "fldlg2")
ELFIN_HOST_X87(LoadLogOf2, "fldln2")
#undef ELFIN_HOST_X87

struct Stored {
  uint8_t bytes[16];
  uint16_t status;
};

// Storing wrappers: the memory operand is sixteen 0xcc bytes before.
#define ELFIN_HOST_STORE(name, instruction)                                  \
  inline Stored name(uint16_t control, Float80 a) {                          \
    Memory80 ma = ToMemory(a);                                               \
    Stored stored;                                                           \
    memset(stored.bytes, 0xcc, sizeof(stored.bytes));                        \
    asm volatile("fninit\n\t fldt %[a]\n\t fldcw %[control]\n\t" instruction \
                 " %[to]\n\t"                                                \
                 "fnstsw %[status]\n\t fnclex\n\t fninit"                    \
                 : [to] "+m"(stored.bytes), [status] "=m"(stored.status)     \
                 : [a] "m"(ma), [control] "m"(control)                       \
                 : "memory");                                                \
    return stored;                                                           \
  }

ELFIN_HOST_STORE(StoreFloat32, "fstps")
ELFIN_HOST_STORE(StoreFloat64, "fstpl")
ELFIN_HOST_STORE(StoreInteger16, "fistps")
ELFIN_HOST_STORE(StoreInteger32, "fistpl")
ELFIN_HOST_STORE(StoreInteger64, "fistpll")
ELFIN_HOST_STORE(StoreInteger64Truncated, "fisttpll")
ELFIN_HOST_STORE(StoreDecimal, "fbstp")
#undef ELFIN_HOST_STORE

#define ELFIN_HOST_LOAD(name, instruction)                                                        \
  inline Outcome name(uint16_t control, const void* from) {                                       \
    Memory80 result;                                                                              \
    uint16_t status;                                                                              \
    const uint16_t masked = 0x037f;                                                               \
    asm volatile("fninit\n\t fldz\n\t fldcw %[control]\n\t" instruction                           \
                 " %[from]\n\t"                                                                   \
                 "fnstsw %[status]\n\t fnclex\n\t fldcw %[masked]\n\t fstpt %[result]\n\t fninit" \
                 : [result] "=m"(result), [status] "=m"(status)                                   \
                 : [from] "m"(*static_cast<const uint8_t(*)[10]>(from)), [control] "m"(control),  \
                   [masked] "m"(masked)                                                           \
                 : "memory");                                                                     \
    return {FromMemory(result), {}, status};                                                      \
  }

ELFIN_HOST_LOAD(LoadFloat32, "flds")
ELFIN_HOST_LOAD(LoadFloat64, "fldl")
ELFIN_HOST_LOAD(LoadInteger16, "filds")
ELFIN_HOST_LOAD(LoadInteger32, "fildl")
ELFIN_HOST_LOAD(LoadInteger64, "fildll")
ELFIN_HOST_LOAD(LoadDecimal, "fbld")
#undef ELFIN_HOST_LOAD

}  // namespace host

/// Draws operands: every class, edges of exponents and significands, and pairs that are near each
/// other.
class OperandSource {
 public:
  explicit OperandSource(uint64_t seed) : random_(seed) {}

  uint64_t Bits() { return random_(); }

  Float80 Any() {
    const Float80 value{Significand(), static_cast<uint16_t>(Exponent() | (Bits() & kSignBit))};
    return Bits() % 8 == 0 ? value : MakeSupported(value);
  }

  /// A value whose relation to `other` makes additions, quotients and comparisons interesting.
  Float80 Near(Float80 other) {
    Float80 value = Any();
    switch (Bits() % 8) {
      case 0:
        return {other.significand, value.sign_exponent};
      case 1:
        return {other.significand + Bits() % 3 - 1,
                static_cast<uint16_t>(other.sign_exponent ^ (Bits() & kSignBit))};
      case 2:
      case 3:
      case 4:
        value.sign_exponent = static_cast<uint16_t>(
            ((other.exponent() + Bits() % 140 - 70) & kMaxExponent) | (Bits() & kSignBit));
        return MakeSupported(value);
      default:
        return value;
    }
  }

  /// A plain number with an exponent between the two given ones.
  Float80 Between(int low, int high) {
    const auto exponent = static_cast<uint16_t>(
        kExponentBias + low + static_cast<int>(Bits() % static_cast<uint64_t>(high - low + 1)));
    return {Significand() | kIntegerBit, static_cast<uint16_t>(exponent | (Bits() & kSignBit))};
  }

  /// All rounding and precision controls; every eighth with random masks too.
  uint16_t Control() {
    const auto control = static_cast<uint16_t>(0x7f | (Bits() & 0x0f00));
    return Bits() % 8 == 0 ? static_cast<uint16_t>(control & ~(Bits() & 0x3f)) : control;
  }
  uint16_t MaskedControl() { return static_cast<uint16_t>(0x7f | (Bits() & 0x0f00)); }

 private:
  static Float80 MakeSupported(Float80 a) {
    if (a.exponent() != 0) a.significand |= kIntegerBit;
    return a;
  }

  uint64_t Significand() {
    const unsigned shift = Bits() % 64;
    switch (Bits() % 12) {
      case 0:
        return 0;
      case 1:
        return kIntegerBit;
      case 2:
        return ~uint64_t{0};
      case 3:
        return uint64_t{1} << shift;
      case 4:
        return ~uint64_t{0} << shift;
      case 5:
        return ~uint64_t{0} >> shift;
      case 6:
        return kIntegerBit | Bits() >> shift;
      case 7:
        return Bits() << shift;
      case 8:
        return kIntegerBit | kQuietBit | Bits() << shift;
      default:
        return Bits();
    }
  }

  uint16_t Exponent() {
    const auto small = static_cast<uint16_t>(Bits() % 70);
    switch (Bits() % 10) {
      case 0:
        return 0;
      case 1:
        return kMaxExponent;
      case 2:
        return small;
      case 3:
        return static_cast<uint16_t>(kMaxExponent - small);
      case 4:
        return static_cast<uint16_t>(Bits() & kMaxExponent);
      default:
        return static_cast<uint16_t>(kExponentBias + Bits() % 140 - 70);
    }
  }

  std::mt19937_64 random_;
};

}  // namespace elfin::cpu::float80
