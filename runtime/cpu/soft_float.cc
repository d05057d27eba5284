#include "runtime/cpu/soft_float.h"

#include "runtime/cpu/float80/convert.h"
#include "runtime/cpu/float80/finite.h"
#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::soft_float {
namespace {

using float80::kDenormal;
using float80::kExponentBias;
using float80::kIntegerBit;
using float80::kInvalid;
using float80::kOverflow;
using float80::kPrecision;
using float80::kUnderflow;
using float80::kZeroDivide;
using float80::Rounding;
using float80::Uint128;
using float80::Unpacked;
using float80::Unrounded;

template <unsigned kBits>
struct Format {
  static constexpr unsigned kFraction = kBits == 32 ? 23 : 52;
  static constexpr int32_t kInfinite = kBits == 32 ? 0xff : 0x7ff;
  static constexpr int32_t kBias = kInfinite / 2;
  static constexpr unsigned kDrop = 63 - kFraction;  // of a 64-bit significand
  static constexpr uint64_t kSign = uint64_t{1} << (kBits - 1);
  static constexpr uint64_t kInfinity = static_cast<uint64_t>(kInfinite) << kFraction;
  static constexpr uint64_t kQuiet = uint64_t{1} << (kFraction - 1);
  static constexpr uint64_t kDefaultNan = kSign | kInfinity | kQuiet;
  static constexpr uint64_t kOnes = kBits == 32 ? 0xffffffff : ~uint64_t{0};

  static uint64_t Magnitude(uint64_t a) { return a & ~kSign; }
  static bool Sign(uint64_t a) { return (a & kSign) != 0; }
  static uint64_t SignBit(bool sign) { return sign ? kSign : 0; }
  static bool IsNan(uint64_t a) { return Magnitude(a) > kInfinity; }
  static bool IsSignaling(uint64_t a) { return IsNan(a) && (a & kQuiet) == 0; }
  static bool IsInfinite(uint64_t a) { return Magnitude(a) == kInfinity; }
  static bool IsZero(uint64_t a) { return Magnitude(a) == 0; }
  static bool IsDenormal(uint64_t a) { return !IsZero(a) && Magnitude(a) >> kFraction == 0; }

  static uint64_t Pack(bool sign, int32_t exponent, uint64_t significand) {
    const uint64_t fraction = significand << 1 >> (64 - kFraction);
    return SignBit(sign) | static_cast<uint64_t>(exponent) << kFraction | fraction;
  }
  /// Precondition: finite, not zero.
  static Unpacked Unpack(uint64_t a) {
    const auto exponent = static_cast<int32_t>(Magnitude(a) >> kFraction);
    const uint64_t fraction = a << (64 - kFraction) >> 1;
    const int32_t rebias = kExponentBias - kBias;
    if (exponent != 0) return {fraction | kIntegerBit, exponent + rebias, Sign(a)};
    const int shift = __builtin_clzll(fraction);
    return {fraction << shift, 1 + rebias - shift, Sign(a)};
  }
};

/// The operand as the operation sees it.
template <class F>
uint64_t Flushed(const Environment& environment, uint64_t a) {
  return environment.denormals_are_zero() && F::IsDenormal(a) ? a & F::kSign : a;
}
template <class F>
void RaiseIfDenormal(Environment& environment, uint64_t a) {
  if (F::IsDenormal(a)) environment.raised |= kDenormal;
}
template <class F>
uint64_t Invalid(Environment& environment) {
  environment.raised |= kInvalid;
  return F::kDefaultNan;
}
/// The first NaN, quiet. Precondition: there is one. (SDM vol. 1, table 4-7)
template <class F>
uint64_t PropagateNan(Environment& environment, uint64_t a, uint64_t b) {
  if (F::IsSignaling(a) || F::IsSignaling(b)) environment.raised |= kInvalid;
  return (F::IsNan(a) ? a : b) | F::kQuiet;
}

template <class F>
uint64_t Overflow(Environment& environment, bool sign) {
  environment.raised |= kOverflow | kPrecision;
  const bool up = float80::RoundSignificand(environment.rounding(), sign,
                                            {~uint64_t{0}, ~uint64_t{0}}, F::kDrop)
                      .up;
  return up ? F::SignBit(sign) | F::kInfinity : F::Pack(sign, F::kInfinite - 1, ~uint64_t{0});
}

template <class F>
uint64_t RoundTiny(Environment& environment, const Unrounded& value, int32_t exponent) {
  const Rounding rounding = environment.rounding();
  const auto unbounded =
      float80::RoundSignificand(rounding, value.sign, value.significand, F::kDrop);
  const bool tiny = exponent < 0 || !unbounded.carry;
  if (tiny && (environment.unmasked() & kUnderflow) != 0) {
    environment.raised |= kUnderflow | (unbounded.inexact ? kPrecision : 0);
    return 0;
  }
  if (tiny && environment.flush_to_zero()) {
    environment.raised |= kUnderflow | kPrecision;
    return F::SignBit(value.sign);
  }
  const Uint128 shifted =
      float80::ShiftRightSticky(value.significand, static_cast<uint32_t>(1 - exponent));
  const auto rounded = float80::RoundSignificand(rounding, value.sign, shifted, F::kDrop);
  if (rounded.inexact) environment.raised |= kPrecision | (tiny ? kUnderflow : 0);
  return F::Pack(value.sign, rounded.significand >> 63 ? 1 : 0, rounded.significand);
}

template <class F>
uint64_t Round(Environment& environment, const Unrounded& value) {
  int32_t exponent = value.exponent - kExponentBias + F::kBias;
  if (exponent <= 0) return RoundTiny<F>(environment, value, exponent);
  const auto rounded =
      float80::RoundSignificand(environment.rounding(), value.sign, value.significand, F::kDrop);
  if (rounded.carry) ++exponent;
  if (exponent >= F::kInfinite) {
    if ((environment.unmasked() & kOverflow) == 0) return Overflow<F>(environment, value.sign);
    environment.raised |= kOverflow | (rounded.inexact ? kPrecision : 0);
    return 0;
  }
  if (rounded.inexact) environment.raised |= kPrecision;
  return F::Pack(value.sign, exponent, rounded.significand);
}

/// Whether an unmasked exception of the operands leaves the lane without a result.
bool Stopped(const Environment& environment) {
  return (environment.raised & environment.unmasked() & float80::kOperandExceptions) != 0;
}

template <class F>
uint64_t Add(Environment& environment, uint64_t a, uint64_t b) {
  if (F::IsInfinite(a) && F::IsInfinite(b) && a != b) return Invalid<F>(environment);
  RaiseIfDenormal<F>(environment, a);
  RaiseIfDenormal<F>(environment, b);
  if (F::IsInfinite(a)) return a;
  if (F::IsInfinite(b)) return b;
  if (Stopped(environment)) return 0;
  const uint64_t zero = F::SignBit(environment.rounding() == Rounding::kDown);
  if (F::IsZero(a) && F::IsZero(b)) return a == b ? a : zero;
  const auto rounded = [&](uint64_t value) {
    const Unpacked unpacked = F::Unpack(value);
    return Round<F>(environment, {{unpacked.significand, 0}, unpacked.exponent, unpacked.sign});
  };
  if (F::IsZero(a)) return rounded(b);
  if (F::IsZero(b)) return rounded(a);
  const Unrounded sum = float80::AddFinite(F::Unpack(a), F::Unpack(b));
  return sum.significand.is_zero() ? zero : Round<F>(environment, sum);
}

template <class F>
uint64_t Multiply(Environment& environment, uint64_t a, uint64_t b) {
  const bool infinite = F::IsInfinite(a) || F::IsInfinite(b);
  const bool zero = F::IsZero(a) || F::IsZero(b);
  if (infinite && zero) return Invalid<F>(environment);
  RaiseIfDenormal<F>(environment, a);
  RaiseIfDenormal<F>(environment, b);
  const uint64_t sign = (a ^ b) & F::kSign;
  if (infinite) return sign | F::kInfinity;
  if (zero || Stopped(environment)) return sign;
  return Round<F>(environment, float80::MultiplyFinite(F::Unpack(a), F::Unpack(b)));
}

template <class F>
uint64_t Divide(Environment& environment, uint64_t a, uint64_t b) {
  if ((F::IsInfinite(a) && F::IsInfinite(b)) || (F::IsZero(a) && F::IsZero(b))) {
    return Invalid<F>(environment);
  }
  const uint64_t sign = (a ^ b) & F::kSign;
  if (F::IsZero(b) && !F::IsInfinite(a)) {
    environment.raised |= kZeroDivide;
    return sign | F::kInfinity;
  }
  RaiseIfDenormal<F>(environment, a);
  RaiseIfDenormal<F>(environment, b);
  if (F::IsInfinite(a)) return sign | F::kInfinity;
  if (F::IsInfinite(b) || F::IsZero(a) || Stopped(environment)) return sign;
  return Round<F>(environment, float80::DivideFinite(F::Unpack(a), F::Unpack(b)));
}

template <class F>
uint64_t SquareRoot(Environment& environment, uint64_t a) {
  if (F::IsZero(a)) return a;
  if (F::Sign(a)) return Invalid<F>(environment);
  RaiseIfDenormal<F>(environment, a);
  if (F::IsInfinite(a) || Stopped(environment)) return a;
  return Round<F>(environment, float80::SquareRootFinite(F::Unpack(a)));
}

/// Precondition: no NaNs.
template <class F>
Relation Order(uint64_t a, uint64_t b) {
  if (F::IsZero(a) && F::IsZero(b)) return Relation::kEqual;
  if (a == b) return Relation::kEqual;
  if (F::Sign(a) != F::Sign(b)) return F::Sign(a) ? Relation::kLess : Relation::kGreater;
  return (a < b) != F::Sign(a) ? Relation::kLess : Relation::kGreater;
}

template <class F>
Relation CompareFlushed(Environment& environment, NanRule rule, uint64_t a, uint64_t b) {
  if (F::IsNan(a) || F::IsNan(b)) {
    const bool invalid = rule == NanRule::kAnyIsInvalid || F::IsSignaling(a) || F::IsSignaling(b);
    if (invalid) environment.raised |= kInvalid;
    return Relation::kUnordered;
  }
  RaiseIfDenormal<F>(environment, a);
  RaiseIfDenormal<F>(environment, b);
  return Order<F>(a, b);
}

/// MINPS and MAXPS: the second operand unless the first is strictly beyond it.
template <class F>
uint64_t Extreme(Environment& environment, Relation wanted, uint64_t a, uint64_t b) {
  return CompareFlushed<F>(environment, NanRule::kAnyIsInvalid, a, b) == wanted ? a : b;
}

bool Holds(Operation predicate, Relation relation) {
  switch (predicate) {
    case Operation::kEqual:
      return relation == Relation::kEqual;
    case Operation::kLess:
      return relation == Relation::kLess;
    case Operation::kLessOrEqual:
      return relation == Relation::kLess || relation == Relation::kEqual;
    case Operation::kUnordered:
      return relation == Relation::kUnordered;
    case Operation::kNotEqual:
      return relation != Relation::kEqual;
    case Operation::kNotLess:
      return relation != Relation::kLess;
    case Operation::kNotLessOrEqual:
      return relation == Relation::kGreater || relation == Relation::kUnordered;
    default:
      return relation != Relation::kUnordered;
  }
}

/// LT, LE, NLT and NLE signal quiet NaNs as well.
NanRule RuleOf(Operation predicate) {
  const auto number = static_cast<uint32_t>(predicate) - static_cast<uint32_t>(Operation::kEqual);
  return (number & 3) == 1 || (number & 3) == 2 ? NanRule::kAnyIsInvalid
                                                : NanRule::kSignalingIsInvalid;
}

template <class F>
uint64_t Arithmetic(Environment& environment, Operation operation, uint64_t a, uint64_t b) {
  if (operation == Operation::kSquareRoot) a = b;
  if (F::IsNan(a) || F::IsNan(b)) return PropagateNan<F>(environment, a, b);
  switch (operation) {
    case Operation::kAdd:
      return Add<F>(environment, a, b);
    case Operation::kSubtract:
      return Add<F>(environment, a, b ^ F::kSign);
    case Operation::kMultiply:
      return Multiply<F>(environment, a, b);
    case Operation::kDivide:
      return Divide<F>(environment, a, b);
    default:
      return SquareRoot<F>(environment, b);
  }
}

}  // namespace

template <unsigned kBits>
uint64_t Compute(Environment& environment, Operation operation, uint64_t a, uint64_t b) {
  using F = Format<kBits>;
  // Each lane decides by its own operands whether it stops.
  Environment lane{environment.mxcsr};
  a = Flushed<F>(environment, a);
  b = Flushed<F>(environment, b);
  uint64_t result = 0;
  if (operation == Operation::kMin) {
    result = Extreme<F>(lane, Relation::kLess, a, b);
  } else if (operation == Operation::kMax) {
    result = Extreme<F>(lane, Relation::kGreater, a, b);
  } else if (operation >= Operation::kEqual) {
    const Relation relation = CompareFlushed<F>(lane, RuleOf(operation), a, b);
    result = Holds(operation, relation) ? F::kOnes : 0;
  } else {
    result = Arithmetic<F>(lane, operation, a, b);
  }
  environment.raised |= lane.raised;
  return result;
}

template <unsigned kBits>
Relation Compare(Environment& environment, NanRule rule, uint64_t a, uint64_t b) {
  using F = Format<kBits>;
  return CompareFlushed<F>(environment, rule, Flushed<F>(environment, a),
                           Flushed<F>(environment, b));
}

uint64_t Widen(Environment& environment, uint32_t a) {
  using From = Format<32>;
  using To = Format<64>;
  const uint64_t value = Flushed<From>(environment, a);
  const uint64_t sign = To::SignBit(From::Sign(value));
  if (From::IsNan(value)) {
    const uint64_t quiet = PropagateNan<From>(environment, value, value);
    return sign | To::kInfinity | (quiet & 0x7fffff) << 29;
  }
  if (From::IsInfinite(value)) return sign | To::kInfinity;
  if (From::IsZero(value)) return sign;
  RaiseIfDenormal<From>(environment, value);
  const Unpacked unpacked = From::Unpack(value);
  return To::Pack(unpacked.sign, unpacked.exponent - kExponentBias + To::kBias,
                  unpacked.significand);
}

uint32_t Narrow(Environment& environment, uint64_t a) {
  using From = Format<64>;
  using To = Format<32>;
  Environment lane{environment.mxcsr};
  const uint64_t value = Flushed<From>(environment, a);
  uint64_t result = To::SignBit(From::Sign(value));
  if (From::IsNan(value)) {
    const uint64_t quiet = PropagateNan<From>(lane, value, value);
    result |= To::kInfinity | (quiet >> 29 & 0x7fffff);
  } else if (From::IsInfinite(value)) {
    result |= To::kInfinity;
  } else if (!From::IsZero(value)) {
    RaiseIfDenormal<From>(lane, value);
    const Unpacked unpacked = From::Unpack(value);
    if (!Stopped(lane)) {
      result = Round<To>(lane, {{unpacked.significand, 0}, unpacked.exponent, unpacked.sign});
    }
  }
  environment.raised |= lane.raised;
  return static_cast<uint32_t>(result);
}

template <unsigned kBits>
uint64_t RoundToIntegral(Environment& environment, uint64_t a, Rounding rounding) {
  using F = Format<kBits>;
  const uint64_t value = Flushed<F>(environment, a);
  if (F::IsNan(value)) return PropagateNan<F>(environment, value, value);
  const uint64_t sign = value & F::kSign;
  const uint64_t magnitude = F::Magnitude(value);
  const int32_t exponent = static_cast<int32_t>(magnitude >> F::kFraction) - F::kBias;
  if (magnitude == 0 || exponent >= static_cast<int32_t>(F::kFraction)) return value;
  // Below 1 there is no bit for the unit: compare with the half, then it is 0 or 1.
  constexpr uint64_t one = static_cast<uint64_t>(F::kBias) << F::kFraction;
  constexpr uint64_t half = static_cast<uint64_t>(F::kBias - 1) << F::kFraction;
  const bool small = exponent < 0;
  const unsigned drop = small ? 0 : F::kFraction - static_cast<unsigned>(exponent);
  const uint64_t unit = uint64_t{1} << drop;
  const uint64_t rest = small ? magnitude : magnitude & (unit - 1);
  const uint64_t middle = small ? half : unit / 2;
  const uint64_t whole = small ? 0 : magnitude & ~(unit - 1);
  if (rest == 0) return value;
  environment.raised |= kPrecision;
  const bool odd = !small && (whole & unit) != 0;  // the bias is odd: also right for 1
  const bool up = rounding == Rounding::kNearest ? rest > middle || (rest == middle && odd)
                  : rounding == Rounding::kUp    ? sign == 0
                                                 : rounding == Rounding::kDown && sign != 0;
  if (!up) return sign | whole;
  return sign | (small ? one : whole + unit);
}

template <unsigned kBits>
uint64_t FromInteger(Environment& environment, int64_t a) {
  if (a == 0) return 0;
  const float80::Float80 value = float80::FromInteger(a);
  return Round<Format<kBits>>(environment,
                              {{value.significand, 0}, value.exponent(), value.sign()});
}

template <unsigned kBits>
int64_t ToInteger(Environment& environment, uint64_t a, unsigned bits, Rounding rounding) {
  using F = Format<kBits>;
  const uint64_t value = Flushed<F>(environment, a);
  float80::Context context;
  float80::Float80 wide = float80::kIndefinite;
  if (F::IsZero(value)) return 0;
  if (!F::IsNan(value) && !F::IsInfinite(value)) {
    const Unpacked unpacked = F::Unpack(value);
    const unsigned sign = unpacked.sign ? float80::kSignBit : 0;
    wide = {unpacked.significand,
            static_cast<uint16_t>(static_cast<unsigned>(unpacked.exponent) | sign)};
  }
  const int64_t result = float80::ToInteger(context, wide, bits, rounding);
  environment.raised |= context.raised & (kInvalid | kPrecision);
  return result;
}

#define ELFIN_FORMATS(bits)                                                     \
  template uint64_t Compute<bits>(Environment&, Operation, uint64_t, uint64_t); \
  template Relation Compare<bits>(Environment&, NanRule, uint64_t, uint64_t);   \
  template uint64_t RoundToIntegral<bits>(Environment&, uint64_t, Rounding);    \
  template uint64_t FromInteger<bits>(Environment&, int64_t);                   \
  template int64_t ToInteger<bits>(Environment&, uint64_t, unsigned, float80::Rounding)
ELFIN_FORMATS(32);
ELFIN_FORMATS(64);

}  // namespace elfin::cpu::soft_float
