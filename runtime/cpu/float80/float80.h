// The x87's 80-bit numbers, and the part of the control and status words that arithmetic sees.
//
// Everything in this folder is integer arithmetic: the same result in every build. Operations take
// a Context, which carries the control word in and the raised exceptions out, and behave as the
// processor does (SDM vol. 1, chapter 8), NaN choice, C1 and unmasked responses included:
//
//   - An exception that is masked gets its masked response; the operation's value is the result.
//   - kInvalid, kDenormal or kZeroDivide unmasked: Context::Stopped() is true afterwards, the value
//   means
//     nothing and must not be stored; only these three flags can then be set.
//   - kOverflow, kUnderflow unmasked, register destination: the value is the result with its
//   exponent
//     moved by 24576, to be stored. Memory destination (convert.h): nothing must be stored.
//   - kPrecision unmasked: the value is to be stored as if masked.
//
// Raising #MF is the caller's business.
#pragma once

#include <cstdint>

namespace elfin::cpu::float80 {

/// (-1)^sign × significand × 2^(exponent − 16383 − 63); the integer bit is explicit.
struct Float80 {
  uint64_t significand;
  uint16_t sign_exponent;  // sign in bit 15

  constexpr bool sign() const { return sign_exponent >> 15 != 0; }
  constexpr uint16_t exponent() const { return sign_exponent & 0x7fff; }
  constexpr bool operator==(const Float80&) const = default;
};

inline constexpr uint64_t kIntegerBit = uint64_t{1} << 63;
inline constexpr uint64_t kQuietBit = uint64_t{1} << 62;
inline constexpr uint16_t kSignBit = 0x8000;
inline constexpr uint16_t kMaxExponent = 0x7fff;  // infinities and NaNs
inline constexpr int32_t kExponentBias = 16383;

/// The default NaN ("real indefinite").
inline constexpr Float80 kIndefinite{kIntegerBit | kQuietBit, kSignBit | kMaxExponent};
inline constexpr Float80 kOne{kIntegerBit, kExponentBias};

constexpr Float80 Zero(bool sign) { return {0, sign ? kSignBit : uint16_t{0}}; }
constexpr Float80 Infinity(bool sign) {
  return {kIntegerBit, static_cast<uint16_t>(kMaxExponent | (sign ? kSignBit : 0))};
}
/// FABS and FCHS: no operand is invalid, nothing is raised.
constexpr Float80 Absolute(Float80 a) {
  return {a.significand, static_cast<uint16_t>(a.sign_exponent & ~kSignBit)};
}
constexpr Float80 Negate(Float80 a) {
  return {a.significand, static_cast<uint16_t>(a.sign_exponent ^ kSignBit)};
}

/// Bits as in the x87 status word; the first six also as in the control word's masks.
enum Exception : uint16_t {
  kInvalid = 1 << 0,
  kDenormal = 1 << 1,
  kZeroDivide = 1 << 2,
  kOverflow = 1 << 3,
  kUnderflow = 1 << 4,
  kPrecision = 1 << 5,
  kRoundedUp = 1 << 9,  // C1: the last rounding went away from zero
};
inline constexpr uint16_t kAllExceptions = 0x3f;
inline constexpr uint16_t kOperandExceptions = kInvalid | kDenormal | kZeroDivide;

/// Values as in the control word's RC field.
enum class Rounding : uint8_t { kNearest = 0, kDown = 1, kUp = 2, kTowardZero = 3 };

struct Context {
  uint16_t control = 0x037f;  // the x87 control word: masks, precision and rounding control
  uint16_t raised = 0;        // Exception bits; operations only add

  constexpr Rounding rounding() const { return static_cast<Rounding>(control >> 10 & 3); }
  /// Bits of significand that add, subtract, multiply, divide and square root keep.
  constexpr unsigned precision() const {
    const unsigned field = control >> 8 & 3;
    return field == 0 ? 24 : field == 2 ? 53 : 64;
  }
  constexpr bool Unmasked(Exception exception) const { return (~control & exception) != 0; }
  /// An unmasked exception of the operands: there is no result.
  constexpr bool Stopped() const { return (raised & ~control & kOperandExceptions) != 0; }
};

enum class Class : uint8_t {
  kZero,
  kDenormal,  // pseudo-denormals included
  kNormal,
  kInfinity,
  kQuietNan,
  kSignalingNan,
  kUnsupported,  // unnormals, pseudo-infinities, pseudo-NaNs: operations refuse them
};

constexpr bool IsNormal(Float80 a) {
  return a.exponent() - 1u < kMaxExponent - 1u && (a.significand & kIntegerBit) != 0;
}

constexpr Class Classify(Float80 a) {
  if (a.exponent() == 0) return a.significand == 0 ? Class::kZero : Class::kDenormal;
  if (!(a.significand & kIntegerBit)) return Class::kUnsupported;
  if (a.exponent() != kMaxExponent) return Class::kNormal;
  if (a.significand == kIntegerBit) return Class::kInfinity;
  return (a.significand & kQuietBit) ? Class::kQuietNan : Class::kSignalingNan;
}

}  // namespace elfin::cpu::float80
