// Arithmetic, remainders and comparisons against the processor: result bits and status bits are
// equal.
#include <catch2/catch.hpp>

#include "runtime/cpu/float80/arithmetic.h"
#include "runtime/cpu/float80/compare.h"
#include "runtime/cpu/float80/convert.h"
#include "runtime/cpu/float80/remainder.h"
#include "tests/cpu/float80_host.h"

namespace elfin::cpu::float80 {
namespace {

constexpr int kCases = 300'000;
constexpr uint16_t kRaisedBits = kAllExceptions | kRoundedUp;

struct Case {
  uint16_t control;
  Float80 a;
  Float80 b;
};

void Report(const char* name, const Case& input, const host::Outcome& host, Float80 value,
            uint16_t raised) {
  CAPTURE(name, input.a, input.b, host.value, value);
  CAPTURE(std::hex, input.control, host.status, raised);
  FAIL("differs from the processor");
}

/// FSCALE and FPREM of a denormal number that comes back unchanged, underflow unmasked: AMD's
/// processors (and Elfin) move the exponent as of any result, Intel's leave the number alone.
bool IsUpToProcessor(const Case& input, const host::Outcome& host) {
  const bool unmasked = (input.control & kUnderflow) == 0;
  return unmasked && input.a.exponent() == 0 && host.value == input.a && !__builtin_cpu_is("amd");
}

using HostFunction = host::Outcome (*)(uint16_t, Float80, Float80);
using OwnFunction = Float80 (*)(Context&, Float80, Float80);

void CompareWithHost(const char* name, HostFunction host_function, OwnFunction own_function) {
  OperandSource source(name[0] * 256u + name[1]);
  for (int i = 0; i < kCases; ++i) {
    Case input{source.Control(), source.Any(), {}};
    input.b = source.Near(input.a);
    const host::Outcome host = host_function(input.control, input.a, input.b);
    if (IsUpToProcessor(input, host)) continue;
    Context context{input.control, 0};
    const Float80 value = own_function(context, input.a, input.b);
    const Float80 stored = context.Stopped() ? input.a : value;
    if (context.raised != (host.status & kRaisedBits) || !(stored == host.value)) {
      Report(name, input, host, stored, context.raised);
    }
  }
}

uint16_t QuotientBits(const Remainder& remainder) {
  return static_cast<uint16_t>((remainder.quotient & 4) << 6 | (remainder.quotient & 2) << 13 |
                               (remainder.quotient & 1) << 9 | (remainder.partial ? 0x400 : 0));
}

void CompareRemainders(const char* name, HostFunction host_function, Quotient quotient) {
  OperandSource source(static_cast<uint64_t>(quotient));
  for (int i = 0; i < kCases; ++i) {
    Case input{source.Control(), source.Any(), {}};
    input.b = source.Near(input.a);
    const host::Outcome host = host_function(input.control, input.a, input.b);
    if (IsUpToProcessor(input, host)) continue;
    Context context{input.control, 0};
    const Remainder remainder = ComputeRemainder(context, input.a, input.b, quotient);
    const Float80 stored = context.Stopped() ? input.a : remainder.value;
    const uint16_t conditions = context.Stopped() ? 0 : QuotientBits(remainder);
    if (context.raised != (host.status & kAllExceptions) || !(stored == host.value) ||
        (!context.Stopped() && (host.status & 0x4700) != conditions)) {
      Report(name, input, host, stored, static_cast<uint16_t>(context.raised | conditions));
    }
  }
}

constexpr uint16_t kConditions[] = {0x0100, 0x4000, 0x0000, 0x4500};

void CompareOrders(const char* name, HostFunction host_function, QuietNans quiet_nans) {
  OperandSource source(7);
  for (int i = 0; i < kCases; ++i) {
    Case input{source.Control(), source.Any(), {}};
    input.b = source.Near(input.a);
    const host::Outcome host = host_function(input.control, input.a, input.b);
    Context context{input.control, 0};
    const Ordering ordering = Compare(context, input.a, input.b, quiet_nans);
    const uint16_t conditions = kConditions[static_cast<unsigned>(ordering)];
    if (context.raised != (host.status & kAllExceptions) ||
        (!context.Stopped() && (host.status & 0x4500) != conditions)) {
      Report(name, input, host, {}, static_cast<uint16_t>(context.raised | conditions));
    }
  }
}

TEST_CASE("float80 arithmetic equals the processor's") {
  CompareWithHost("add", host::Add, Add);
  CompareWithHost("subtract", host::Subtract, Subtract);
  CompareWithHost("multiply", host::Multiply, Multiply);
  CompareWithHost("divide", host::Divide, Divide);
  CompareWithHost("root", host::SquareRoot,
                  [](Context& context, Float80 a, Float80) { return SquareRoot(context, a); });
}

TEST_CASE("float80 scaling and extraction equal the processor's") {
  CompareWithHost("scale", host::Scale, Scale);
  CompareWithHost("round", host::RoundToIntegral,
                  [](Context& context, Float80 a, Float80) { return RoundToIntegral(context, a); });
  CompareWithHost("xtract", host::Extract, [](Context& context, Float80 a, Float80) {
    return Extract(context, a).significand;
  });
}

TEST_CASE("float80 remainders equal the processor's") {
  CompareRemainders("prem", host::Remainder, Quotient::kTruncated);
  CompareRemainders("prem1", host::NearestRemainder, Quotient::kNearest);
}

TEST_CASE("float80 comparisons equal the processor's") {
  CompareOrders("com", host::Compare, QuietNans::kRaise);
  CompareOrders("ucom", host::CompareUnordered, QuietNans::kAllow);
}

}  // namespace
}  // namespace elfin::cpu::float80
