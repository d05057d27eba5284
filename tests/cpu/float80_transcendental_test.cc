// Transcendental instructions against the processor. Numbers differ by at most one unit in the last
// place (processors do not round them correctly; ours are), so C1 is not compared; exceptions are
// equal, and so are the results of operands that are no plain numbers.
#include <catch2/catch.hpp>

#include "runtime/cpu/float80/transcendental.h"
#include "tests/cpu/float80_host.h"

namespace elfin::cpu::float80 {
namespace {

constexpr int kCases = 20'000;
constexpr uint64_t kAllowedUlps = 1;

/// Units in the last place between two values of the same sign; a large number for others.
uint64_t Distance(Float80 a, Float80 b) {
  if (a == b) return 0;
  if (a.sign() != b.sign()) return ~uint64_t{0};
  if (a.sign_exponent < b.sign_exponent) return Distance(b, a);
  const unsigned apart = a.sign_exponent - b.sign_exponent;
  if (apart > 1) return ~uint64_t{0};
  // Across a power of two (or out of the denormals), counted in the smaller number's units.
  if (apart == 1 && b.exponent() != 0) return (a.significand << 1) - b.significand;
  return a.significand > b.significand ? a.significand - b.significand
                                       : b.significand - a.significand;
}

/// The two numbers between which results begin to underflow: a unit decides.
bool IsAtUnderflow(Float80 a) {
  return (a.exponent() == 1 && a.significand == kIntegerBit) ||
         (a.exponent() == 0 && a.significand >= kIntegerBit - 1);
}

enum class Operands { kAll, kPositive };

struct Range {
  int low, high;    // exponents of st(0); all operands of any kind if both are zero
  int low1, high1;  // of st(1)
};
constexpr Range kEverything{0, 0, 0, 0};

using HostFunction = host::Outcome (*)(uint16_t, Float80, Float80);
using OwnFunction = Trigonometric (*)(Context&, Float80, Float80);

struct Function {
  const char* name;
  HostFunction host;
  OwnFunction own;  // of st(0), st(1)
  enum { kKeepsTop, kPops } stack;
};

constexpr Function kSine{"fsin", host::Sine,
                         [](Context& context, Float80 a, Float80) { return Sine(context, a); },
                         Function::kKeepsTop};
constexpr Function kCosine{"fcos", host::Cosine,
                           [](Context& context, Float80 a, Float80) { return Cosine(context, a); },
                           Function::kKeepsTop};
/// FPTAN with the number that it pushes taken off again.
host::Outcome HostTangent(uint16_t control, Float80 a, Float80 b) {
  host::Outcome outcome = host::Tangent(control, a, b);
  const bool pushed = (outcome.status >> 11 & 7) == 5;
  if (pushed) outcome.value = outcome.second;
  return outcome;
}
constexpr Function kTangent{
    "fptan", HostTangent, [](Context& context, Float80 a, Float80) { return Tangent(context, a); },
    Function::kKeepsTop};
constexpr Function kPower{"f2xm1", host::PowerOfTwo,
                          [](Context& context, Float80 a, Float80) {
                            return Trigonometric{PowerOfTwoMinusOne(context, a), false};
                          },
                          Function::kKeepsTop};
constexpr Function kArcTangent{"fpatan", host::ArcTangent,
                               [](Context& context, Float80 x, Float80 y) {
                                 return Trigonometric{ArcTangent(context, y, x), false};
                               },
                               Function::kPops};
constexpr Function kLogarithm{"fyl2x", host::Logarithm,
                              [](Context& context, Float80 x, Float80 y) {
                                return Trigonometric{LogarithmTimes(context, y, x), false};
                              },
                              Function::kPops};
constexpr Function kLogarithmPlusOne{
    "fyl2xp1", host::LogarithmPlusOne,
    [](Context& context, Float80 x, Float80 y) {
      return Trigonometric{LogarithmPlusOneTimes(context, y, x), false};
    },
    Function::kPops};

void CompareOne(const Function& function, uint16_t control, Float80 a, Float80 b) {
  const host::Outcome host = function.host(control, a, b);
  Context context{control, 0};
  const Trigonometric result = function.own(context, a, b);
  const bool host_out_of_range = function.stack == Function::kKeepsTop && (host.status & 0x400);
  CAPTURE(function.name, a, b, host.value, result.value);
  CAPTURE(std::hex, control, host.status, context.raised);
  const bool up_to_processor = IsAtUnderflow(host.value);
  if (up_to_processor && (control & kUnderflow) == 0) return;  // then exponents differ as well
  const unsigned compared = kAllExceptions & ~(up_to_processor ? unsigned{kUnderflow} : 0u);
  bool same = ((context.raised ^ host.status) & compared) == 0;
  if (!context.Stopped()) {
    const bool number = Classify(result.value) <= Class::kNormal;
    same = same && result.out_of_range == host_out_of_range &&
           Distance(result.value, host.value) <= (number ? kAllowedUlps : 0);
  }
  if (!same) FAIL("differs from the processor");
}

void CompareWithHost(const Function& function, Range range, Operands operands = Operands::kAll) {
  OperandSource source(static_cast<uint64_t>(function.name[2] + range.low));
  for (int i = 0; i < kCases; ++i) {
    const bool everything = range.low == 0 && range.high == 0;
    Float80 a = everything ? source.Any() : source.Between(range.low, range.high);
    const Float80 b = everything ? source.Near(a) : source.Between(range.low1, range.high1);
    if (operands == Operands::kPositive) a = Absolute(a);
    CompareOne(function, everything ? source.Control() : source.MaskedControl(), a, b);
  }
}

TEST_CASE("trigonometric functions are within a unit of the processor's") {
  for (const Function& function : {kSine, kCosine, kTangent}) {
    CompareWithHost(function, {-70, -2, 0, 0});
    CompareWithHost(function, {-2, 4, 0, 0});
    CompareWithHost(function, {4, 62, 0, 0});
    CompareWithHost(function, kEverything);
  }
}

TEST_CASE("arc tangents are within a unit of the processor's") {
  CompareWithHost(kArcTangent, {-5, 5, -5, 5});
  CompareWithHost(kArcTangent, {-80, 80, -80, 80});
  CompareWithHost(kArcTangent, kEverything);
}

TEST_CASE("powers and logarithms are within a unit of the processor's") {
  CompareWithHost(kPower, {-70, -1, 0, 0});
  CompareWithHost(kPower, {-3, -1, 0, 0});
  CompareWithHost(kPower, kEverything);
  CompareWithHost(kLogarithm, {-1, 0, -5, 5}, Operands::kPositive);
  CompareWithHost(kLogarithm, {-1000, 1000, -80, 80}, Operands::kPositive);
  CompareWithHost(kLogarithm, kEverything);
  CompareWithHost(kLogarithmPlusOne, {-70, -3, -5, 5});
  CompareWithHost(kLogarithmPlusOne, {-3, -2, -5, 5});
}

TEST_CASE("transcendental functions of a few numbers") {
  Context context;
  // sin(1), cos(1), 4 arctan(1) = π, 2^0.5 − 1, log2(10): correctly rounded.
  CHECK(Sine(context, kOne).value == Float80{0xd76aa47848677021, 0x3ffe});
  CHECK(Cosine(context, kOne).value == Float80{0x8a51407da8345c92, 0x3ffe});
  CHECK(ArcTangent(context, kOne, kOne) == Float80{0xc90fdaa22168c235, 0x3ffe});
  CHECK(PowerOfTwoMinusOne(context, {kIntegerBit, 0x3ffe}) == Float80{0xd413cccfe7799211, 0x3ffd});
  CHECK(LogarithmTimes(context, kOne, {0xa000000000000000, 0x4002}) ==
        Float80{0xd49a784bcd1b8afe, 0x4000});
  // The processor's π is not π: what is left of the sine is the difference at 66 bits.
  CHECK(Sine(context, {0xc90fdaa22168c235, 0x4000}).value ==
        Float80{kIntegerBit, kSignBit | 0x3fbf});
  CHECK(Sine(context, {kIntegerBit, 0x3fff + 63}).out_of_range);
}

}  // namespace
}  // namespace elfin::cpu::float80
