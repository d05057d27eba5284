#include "runtime/cpu/float_helpers.h"

#include "runtime/cpu/float_exactness.h"

namespace elfin::cpu {
namespace {

using soft_float::Environment;
using soft_float::Operation;

Environment Begin(const CpuState* state) { return {state->mxcsr}; }

/// SDM vol. 1, 11.5.2: with an unmasked exception of some operand, results were never computed.
void Finish(CpuState* state, const Environment& environment) {
  uint32_t raised = environment.raised;
  const uint32_t unmasked = environment.unmasked();
  if ((raised & unmasked & float80::kOperandExceptions) != 0) raised &= float80::kOperandExceptions;
  state->mxcsr |= raised;
  state->float_trap = (raised & unmasked) != 0 ? 1 : 0;
}

template <unsigned kBits>
struct HostFormat;
template <>
struct HostFormat<32> {
  using Number = float;
  using Bits = uint32_t;
};
template <>
struct HostFormat<64> {
  using Number = double;
  using Bits = uint64_t;
};

/// One lane: by the host where all that can happen is an inexact result.
template <unsigned kBits>
uint64_t ComputeLane(Environment& environment, Operation operation, uint64_t a, uint64_t b) {
  using Number = typename HostFormat<kBits>::Number;
  using Bits = typename HostFormat<kBits>::Bits;
  if ((environment.mxcsr & soft_float::kRoundingControl) == 0) {
    const auto found = ComputeOnHost(operation, BitCast<Number>(static_cast<Bits>(a)),
                                     BitCast<Number>(static_cast<Bits>(b)));
    if (found.known) {
      if (!found.exact) environment.raised |= float80::kPrecision;
      return BitCast<Bits>(found.value);
    }
  }
  return soft_float::Compute<kBits>(environment, operation, a, b);
}

template <unsigned kBits>
V128 ComputeLanes(CpuState* state, V128 a, V128 b, uint32_t operation) {
  using Bits = typename HostFormat<kBits>::Bits;
  using Lanes = typename vector_detail::Lanes<kBits>::U;
  Environment environment = Begin(state);
  auto result = (Lanes)a;
  for (unsigned n = 0; n < 128 / kBits; ++n) {
    result[n] = static_cast<Bits>(ComputeLane<kBits>(environment, static_cast<Operation>(operation),
                                                     ((Lanes)a)[n], ((Lanes)b)[n]));
  }
  Finish(state, environment);
  return (V128)result;
}

template <unsigned kBits>
V128 AddSubtractLanes(CpuState* state, V128 a, V128 b) {
  using Bits = typename HostFormat<kBits>::Bits;
  using Lanes = typename vector_detail::Lanes<kBits>::U;
  Environment environment = Begin(state);
  auto result = (Lanes)a;
  for (unsigned n = 0; n < 128 / kBits; ++n) {
    const auto operation = n % 2 == 0 ? Operation::kSubtract : Operation::kAdd;
    result[n] =
        static_cast<Bits>(ComputeLane<kBits>(environment, operation, ((Lanes)a)[n], ((Lanes)b)[n]));
  }
  Finish(state, environment);
  return (V128)result;
}

template <unsigned kBits>
uint64_t RoundLane(Environment& environment, uint64_t a, uint32_t control) {
  const auto rounding = (control & kRoundByMxcsr) != 0
                            ? environment.rounding()
                            : static_cast<float80::Rounding>(control & kRoundingField);
  const uint64_t result = soft_float::RoundToIntegral<kBits>(environment, a, rounding);
  if ((control & kRoundQuietly) != 0) environment.raised &= ~uint32_t{float80::kPrecision};
  return result;
}
template <unsigned kBits>
V128 RoundLanes(CpuState* state, V128 a, uint32_t control) {
  using Bits = typename HostFormat<kBits>::Bits;
  Environment environment = Begin(state);
  auto lanes = (typename vector_detail::Lanes<kBits>::U)a;
  for (unsigned n = 0; n < 128 / kBits; ++n) {
    lanes[n] = static_cast<Bits>(RoundLane<kBits>(environment, lanes[n], control));
  }
  Finish(state, environment);
  return (V128)lanes;
}

/// One step of a dot product: an unmasked exception ends it.
template <unsigned kBits>
class DotSteps {
 public:
  explicit DotSteps(CpuState* state) : state_(state), environment_(Begin(state)) {}
  uint64_t Compute(Operation operation, uint64_t a, uint64_t b) {
    return ComputeLane<kBits>(environment_, operation, a, b);
  }
  /// Ends a step. False: an unmasked exception.
  bool Finished() {
    Finish(state_, environment_);
    return state_->float_trap == 0;
  }

 private:
  CpuState* state_;
  Environment environment_;
};

template <unsigned kBits>
V128 Dot(CpuState* state, V128 a, V128 b, uint32_t control) {
  using Bits = typename HostFormat<kBits>::Bits;
  using Lanes = typename vector_detail::Lanes<kBits>::U;
  constexpr unsigned kCount = 128 / kBits;
  DotSteps<kBits> steps(state);
  uint64_t sums[kCount] = {};
  for (unsigned n = 0; n < kCount; ++n) {
    if ((control >> (4 + n) & 1) == 0) continue;
    sums[n] = steps.Compute(Operation::kMultiply, ((Lanes)a)[n], ((Lanes)b)[n]);
  }
  // Neighbours, then neighbouring sums.
  for (unsigned count = kCount; count > 1; count /= 2) {
    if (!steps.Finished()) return a;
    for (unsigned n = 0; n < count / 2; ++n) {
      sums[n] = steps.Compute(Operation::kAdd, sums[2 * n], sums[2 * n + 1]);
    }
  }
  if (!steps.Finished()) return a;
  Lanes result{};
  for (unsigned n = 0; n < kCount; ++n) {
    if ((control >> n & 1) != 0) result[n] = static_cast<Bits>(sums[0]);
  }
  return (V128)result;
}

template <unsigned kBits>
uint32_t CompareLane(CpuState* state, uint64_t a, uint64_t b, uint32_t rule) {
  Environment environment = Begin(state);
  const auto relation =
      soft_float::Compare<kBits>(environment, static_cast<soft_float::NanRule>(rule), a, b);
  Finish(state, environment);
  return static_cast<uint32_t>(relation);
}

template <unsigned kBits>
uint64_t ToInteger(Environment& environment, uint64_t a, unsigned bits, IntegerRounding rounding) {
  const auto mode = rounding == IntegerRounding::kTruncate ? float80::Rounding::kTowardZero
                                                           : environment.rounding();
  return static_cast<uint64_t>(soft_float::ToInteger<kBits>(environment, a, bits, mode));
}

uint32_t LaneToInteger(Environment& environment, uint32_t a, IntegerRounding rounding) {
  return static_cast<uint32_t>(ToInteger<32>(environment, a, 32, rounding));
}
uint32_t LaneToInteger(Environment& environment, uint64_t a, IntegerRounding rounding) {
  return static_cast<uint32_t>(ToInteger<64>(environment, a, 32, rounding));
}

V128 ConvertLanes(Environment& environment, V128 a, VectorConversion conversion, unsigned count) {
  const auto words = (vector_detail::U32)a;
  const auto wide = (vector_detail::U64)a;
  vector_detail::U32 result = {};
  vector_detail::U64 doubles = {};
  for (unsigned n = 0; n < count; ++n) {
    switch (conversion) {
      case VectorConversion::kIntegersToFloats:
        result[n] = static_cast<uint32_t>(
            soft_float::FromInteger<32>(environment, static_cast<int32_t>(words[n])));
        break;
      case VectorConversion::kFloatsToIntegers:
        result[n] = LaneToInteger(environment, words[n], IntegerRounding::kMxcsr);
        break;
      case VectorConversion::kFloatsToIntegersTruncated:
        result[n] = LaneToInteger(environment, words[n], IntegerRounding::kTruncate);
        break;
      case VectorConversion::kDoublesToIntegers:
        result[n] = LaneToInteger(environment, wide[n], IntegerRounding::kMxcsr);
        break;
      case VectorConversion::kDoublesToIntegersTruncated:
        result[n] = LaneToInteger(environment, wide[n], IntegerRounding::kTruncate);
        break;
      case VectorConversion::kFloatsToDoubles:
        doubles[n] = soft_float::Widen(environment, words[n]);
        break;
      case VectorConversion::kDoublesToFloats:
        result[n] = soft_float::Narrow(environment, wide[n]);
        break;
    }
  }
  return conversion == VectorConversion::kFloatsToDoubles ? (V128)doubles : (V128)result;
}

bool HasTwoLanes(VectorConversion conversion) {
  return conversion >= VectorConversion::kDoublesToIntegers;
}

constexpr uint32_t kSign = 0x8000'0000;
constexpr uint32_t kInfinity = 0x7f80'0000;
constexpr uint32_t kQuiet = 0x0040'0000;
constexpr uint32_t kSmallestNormal = 0x0080'0000;

}  // namespace

uint32_t ComputeFloat(CpuState* state, uint32_t a, uint32_t b, uint32_t operation) {
  Environment environment = Begin(state);
  const uint64_t result = ComputeLane<32>(environment, static_cast<Operation>(operation), a, b);
  Finish(state, environment);
  return static_cast<uint32_t>(result);
}
uint64_t ComputeDouble(CpuState* state, uint64_t a, uint64_t b, uint32_t operation) {
  Environment environment = Begin(state);
  const uint64_t result = ComputeLane<64>(environment, static_cast<Operation>(operation), a, b);
  Finish(state, environment);
  return result;
}
V128 ComputeFloats(CpuState* state, V128 a, V128 b, uint32_t operation) {
  return ComputeLanes<32>(state, a, b, operation);
}
V128 ComputeDoubles(CpuState* state, V128 a, V128 b, uint32_t operation) {
  return ComputeLanes<64>(state, a, b, operation);
}

V128 AddSubtractFloats(CpuState* state, V128 a, V128 b) {
  return AddSubtractLanes<32>(state, a, b);
}
V128 AddSubtractDoubles(CpuState* state, V128 a, V128 b) {
  return AddSubtractLanes<64>(state, a, b);
}

V128 DotFloats(CpuState* state, V128 a, V128 b, uint32_t control) {
  return Dot<32>(state, a, b, control);
}
V128 DotDoubles(CpuState* state, V128 a, V128 b, uint32_t control) {
  return Dot<64>(state, a, b, control);
}

uint32_t RoundFloat(CpuState* state, uint32_t a, uint32_t control) {
  Environment environment = Begin(state);
  const uint64_t result = RoundLane<32>(environment, a, control);
  Finish(state, environment);
  return static_cast<uint32_t>(result);
}
uint64_t RoundDouble(CpuState* state, uint64_t a, uint32_t control) {
  Environment environment = Begin(state);
  const uint64_t result = RoundLane<64>(environment, a, control);
  Finish(state, environment);
  return result;
}
V128 RoundFloats(CpuState* state, V128 a, uint32_t control) {
  return RoundLanes<32>(state, a, control);
}
V128 RoundDoubles(CpuState* state, V128 a, uint32_t control) {
  return RoundLanes<64>(state, a, control);
}

uint32_t CompareFloats(CpuState* state, uint32_t a, uint32_t b, uint32_t rule) {
  return CompareLane<32>(state, a, b, rule);
}
uint32_t CompareDoubles(CpuState* state, uint64_t a, uint64_t b, uint32_t rule) {
  return CompareLane<64>(state, a, b, rule);
}

uint64_t FloatToDouble(CpuState* state, uint32_t a) {
  Environment environment = Begin(state);
  const uint64_t result = soft_float::Widen(environment, a);
  Finish(state, environment);
  return result;
}
uint32_t DoubleToFloat(CpuState* state, uint64_t a) {
  Environment environment = Begin(state);
  const uint32_t result = soft_float::Narrow(environment, a);
  Finish(state, environment);
  return result;
}
uint32_t IntegerToFloat(CpuState* state, uint64_t a) {
  Environment environment = Begin(state);
  const uint64_t result = soft_float::FromInteger<32>(environment, static_cast<int64_t>(a));
  Finish(state, environment);
  return static_cast<uint32_t>(result);
}
uint64_t IntegerToDouble(CpuState* state, uint64_t a) {
  Environment environment = Begin(state);
  const uint64_t result = soft_float::FromInteger<64>(environment, static_cast<int64_t>(a));
  Finish(state, environment);
  return result;
}

uint64_t FloatToInteger(CpuState* state, uint32_t a, uint32_t bits, uint32_t rounding) {
  Environment environment = Begin(state);
  const uint64_t result =
      ToInteger<32>(environment, a, bits, static_cast<IntegerRounding>(rounding));
  Finish(state, environment);
  return result;
}
uint64_t DoubleToInteger(CpuState* state, uint64_t a, uint32_t bits, uint32_t rounding) {
  Environment environment = Begin(state);
  const uint64_t result =
      ToInteger<64>(environment, a, bits, static_cast<IntegerRounding>(rounding));
  Finish(state, environment);
  return result;
}

V128 ConvertVector(CpuState* state, V128 a, uint32_t conversion) {
  const auto which = static_cast<VectorConversion>(conversion);
  Environment environment = Begin(state);
  const V128 result = ConvertLanes(environment, a, which, HasTwoLanes(which) ? 2 : 4);
  Finish(state, environment);
  return result;
}

uint32_t ReciprocalEstimate(CpuState*, uint32_t a) {
  const uint32_t magnitude = a & ~kSign;
  const uint32_t sign = a & kSign;
  if (magnitude > kInfinity) return a | kQuiet;
  if (magnitude < kSmallestNormal) return sign | kInfinity;  // denormals are zeros here
  const auto result = BitCast<uint32_t>(1.0f / BitCast<float>(magnitude));
  return sign | (result < kSmallestNormal ? 0 : result);
}

uint32_t ReciprocalRootEstimate(CpuState*, uint32_t a) {
  const uint32_t magnitude = a & ~kSign;
  if (magnitude > kInfinity) return a | kQuiet;
  if (magnitude < kSmallestNormal) return (a & kSign) | kInfinity;
  if ((a & kSign) != 0) return kSign | kInfinity | kQuiet;
  return BitCast<uint32_t>(
      static_cast<float>(1.0 / __builtin_sqrt(static_cast<double>(BitCast<float>(a)))));
}

}  // namespace elfin::cpu
