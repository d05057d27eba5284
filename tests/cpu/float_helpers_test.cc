// SSE's exact arithmetic against the processor's, under every rounding mode, DAZ, FTZ and mask.
#include "runtime/cpu/float_helpers.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <random>

namespace elfin::cpu {
namespace {

using soft_float::Operation;

uint32_t GetMxcsr() {
  uint32_t value;
  asm volatile("stmxcsr %0" : "=m"(value));
  return value;
}
void SetMxcsr(uint32_t value) { asm volatile("ldmxcsr %0" : : "m"(value)); }

/// What the processor makes of it: the result, and MXCSR afterwards. All exceptions masked.
struct Outcome {
  uint64_t result;
  uint32_t mxcsr;
  bool operator==(const Outcome&) const = default;
};

template <class T, class Bits, class Instruction>
Outcome OnProcessor(uint32_t mxcsr, Bits a, Bits b, Instruction instruction) {
  T x, y;
  std::memcpy(&x, &a, sizeof(x));
  std::memcpy(&y, &b, sizeof(y));
  const uint32_t saved = GetMxcsr();
  SetMxcsr(mxcsr);
  instruction(x, y);
  const uint32_t after = GetMxcsr();
  SetMxcsr(saved);
  Bits result;
  std::memcpy(&result, &x, sizeof(x));
  return {result, after};
}

#define ELFIN_ON_PROCESSOR(name)                     \
  OnProcessor<T, Bits>(mxcsr, a, b, [](T& x, T y) {  \
    asm volatile(name " %1, %0" : "+x"(x) : "x"(y)); \
  })

template <class T, class Bits>
Outcome Native(Operation operation, uint32_t mxcsr, Bits a, Bits b) {
  constexpr bool wide = sizeof(T) == 8;
  switch (operation) {
    case Operation::kAdd:
      return wide ? ELFIN_ON_PROCESSOR("addsd") : ELFIN_ON_PROCESSOR("addss");
    case Operation::kSubtract:
      return wide ? ELFIN_ON_PROCESSOR("subsd") : ELFIN_ON_PROCESSOR("subss");
    case Operation::kMultiply:
      return wide ? ELFIN_ON_PROCESSOR("mulsd") : ELFIN_ON_PROCESSOR("mulss");
    case Operation::kDivide:
      return wide ? ELFIN_ON_PROCESSOR("divsd") : ELFIN_ON_PROCESSOR("divss");
    case Operation::kMin:
      return wide ? ELFIN_ON_PROCESSOR("minsd") : ELFIN_ON_PROCESSOR("minss");
    case Operation::kMax:
      return wide ? ELFIN_ON_PROCESSOR("maxsd") : ELFIN_ON_PROCESSOR("maxss");
    default:
      return wide ? ELFIN_ON_PROCESSOR("sqrtsd") : ELFIN_ON_PROCESSOR("sqrtss");
  }
}

uint64_t InElfin(CpuState& state, Operation operation, uint32_t a, uint32_t b) {
  return ComputeFloat(&state, a, b, static_cast<uint32_t>(operation));
}
uint64_t InElfin(CpuState& state, Operation operation, uint64_t a, uint64_t b) {
  return ComputeDouble(&state, a, b, static_cast<uint32_t>(operation));
}

/// Numbers of one format: specials, integers, few bits, near 1, near the ends, anything.
template <class T, class Bits>
class Numbers {
 public:
  explicit Numbers(uint32_t seed) : random_(seed) {}

  Bits Next() {
    switch (random_() % 8) {
      case 0:
        return Special();
      case 1:
        return FromNumber(static_cast<T>(static_cast<int32_t>(random_()) >> random_() % 32));
      case 2:  // few bits: products and quotients are exact now and then
        return FromNumber(
            std::ldexp(static_cast<T>(random_() % 8192), static_cast<int>(random_() % 40) - 20));
      case 3:
        return FromNumber(T{1}) + static_cast<Bits>(random_() % 7) - 3;
      case 4:  // about the smallest normal number
        return static_cast<Bits>((Bits{1} << kFraction) + random_() % 64 - 32) | Sign();
      case 5:  // about the square root of the ends of the range
        return FromNumber(std::ldexp(Fraction(), (random_() % 2 ? 1 : -1) * kHalfRange +
                                                     static_cast<int>(random_() % 8) - 4));
      case 6:
        return FromNumber(std::ldexp(Fraction(), static_cast<int>(random_() % 8) - 4)) | Sign();
      default:
        return static_cast<Bits>(random_());
    }
  }
  uint32_t Mode() {
    const auto bits = static_cast<uint32_t>(random_());
    uint32_t mxcsr = 0x1f80 | (bits & 0xe07f);
    if (bits >> 20 & 1) mxcsr &= ~0xe040u;  // the default mode, with any flags
    return mxcsr;
  }

 private:
  static constexpr unsigned kFraction = sizeof(T) == 4 ? 23 : 52;
  static constexpr int kHalfRange = sizeof(T) == 4 ? 63 : 511;
  static Bits FromNumber(T number) {
    Bits bits;
    std::memcpy(&bits, &number, sizeof(bits));
    return bits;
  }
  Bits Sign() { return static_cast<Bits>(random_() & 1) << (8 * sizeof(T) - 1); }
  T Fraction() { return 1 + static_cast<T>(random_() >> 11) * static_cast<T>(0x1p-53); }
  Bits Special() {
    const Bits infinity = FromNumber(static_cast<T>(INFINITY));
    const Bits specials[] = {0,
                             1,
                             static_cast<Bits>((Bits{1} << kFraction) - 1),
                             Bits{1} << kFraction,
                             infinity - 1,
                             infinity,
                             infinity + 1,
                             infinity + 12345,
                             infinity | Bits{1} << (kFraction - 1),
                             infinity | Bits{1} << (kFraction - 1) | 77};
    return specials[random_() % 10] | Sign();
  }
  std::mt19937_64 random_;
};

template <class T, class Bits>
void CompareWithProcessor(uint32_t seed) {
  Numbers<T, Bits> numbers(seed);
  unsigned failures = 0;
  CpuState state{};
  for (int turn = 0; turn < 300000 && failures < 5; ++turn) {
    const auto operation = static_cast<Operation>(turn % 7);
    const Bits a = numbers.Next();
    const Bits b = numbers.Next();
    const uint32_t mxcsr = numbers.Mode();
    state.mxcsr = mxcsr;
    const Outcome elfin{InElfin(state, operation, a, b), state.mxcsr};
    const Outcome native = Native<T, Bits>(operation, mxcsr, a, b);
    if (elfin == native) continue;
    ++failures;
    CAPTURE(turn % 7, a, b, mxcsr, elfin.mxcsr, native.mxcsr);
    CHECK(elfin.result == native.result);
    CHECK(elfin.mxcsr == native.mxcsr);
  }
}

}  // namespace

TEST_CASE("float arithmetic equals the processor's in every mode") {
  CompareWithProcessor<float, uint32_t>(1);
}
TEST_CASE("double arithmetic equals the processor's in every mode") {
  CompareWithProcessor<double, uint64_t>(2);
}

TEST_CASE("an unmasked exception of an operand hides the result's") {
  CpuState state{};
  state.mxcsr = 0x1f80 & ~(1u << 9);  // divide by zero unmasked
  const V128 dividends = (V128)vector_detail::U32{0x3f800000, 0x3f800000, 0x3f800000, 0x3f800000};
  const V128 divisors =
      (V128)vector_detail::U32{0x40400000, 0, 0x40400000, 0x40400000};  // 3, 0, 3, 3
  ComputeFloats(&state, dividends, divisors, static_cast<uint32_t>(Operation::kDivide));
  CHECK(state.float_trap != 0);
  CHECK((state.mxcsr & soft_float::kFlags) == 4);  // ZE, and no PE of the other lanes
}

TEST_CASE("estimates are within the manual's error") {
  CpuState state{};
  std::mt19937 random(3);
  for (int turn = 0; turn < 10000; ++turn) {
    const auto number = static_cast<float>(
        std::ldexp(1 + (random() % 4096) / 4096.0, static_cast<int>(random() % 200) - 100));
    uint32_t bits;
    std::memcpy(&bits, &number, sizeof(bits));
    const auto estimate = [](uint32_t result) {
      return static_cast<double>(BitCast<float>(result));
    };
    const double bound = 1.5 / 4096;
    REQUIRE(std::fabs(estimate(ReciprocalEstimate(&state, bits)) * number - 1) <= bound);
    REQUIRE(std::fabs(estimate(ReciprocalRootEstimate(&state, bits)) *
                          std::sqrt(static_cast<double>(number)) -
                      1) <= bound);
  }
  CHECK(ReciprocalEstimate(&state, 0x80000001) == 0xff800000);      // a denormal is zero
  CHECK(ReciprocalEstimate(&state, 0x7f000001) == 0);               // so is a tiny result
  CHECK(ReciprocalRootEstimate(&state, 0xbf800000) == 0xffc00000);  // of a negative number
  CHECK(ReciprocalRootEstimate(&state, 0x7f800001) == 0x7fc00001);
}

}  // namespace elfin::cpu
