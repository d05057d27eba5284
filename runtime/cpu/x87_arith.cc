// Arithmetic on the register stack.
#include "runtime/cpu/float80/arithmetic.h"
#include "runtime/cpu/float80/convert.h"
#include "runtime/cpu/float80/remainder.h"
#include "runtime/cpu/float80/transcendental.h"
#include "runtime/cpu/x87_unit.h"

namespace elfin::cpu {
namespace {

using float80::Context;
using float80::Float80;
using float80::kIndefinite;

Float80 Compute(Context& context, X87Binary operation, Float80 destination, Float80 source) {
  switch (operation) {
    case X87Binary::kAdd:
      return float80::Add(context, destination, source);
    case X87Binary::kMultiply:
      return float80::Multiply(context, destination, source);
    case X87Binary::kSubtract:
      return float80::Subtract(context, destination, source);
    case X87Binary::kSubtractReversed:
      return float80::Subtract(context, source, destination);
    case X87Binary::kDivide:
      return float80::Divide(context, destination, source);
    case X87Binary::kDivideReversed:
      return float80::Divide(context, source, destination);
  }
  return kIndefinite;
}

/// A result for st(0) and what C2 becomes.
using Unary = float80::Trigonometric;

Unary Compute(Context& context, X87Unary operation, Float80 a) {
  switch (operation) {
    case X87Unary::kAbsolute:
      return {float80::Absolute(a), false};
    case X87Unary::kChangeSign:
      return {float80::Negate(a), false};
    case X87Unary::kSquareRoot:
      return {float80::SquareRoot(context, a), false};
    case X87Unary::kRound:
      return {float80::RoundToIntegral(context, a), false};
    case X87Unary::kPowerOfTwo:
      return {float80::PowerOfTwoMinusOne(context, a), false};
    case X87Unary::kSine:
      return float80::Sine(context, a);
    case X87Unary::kCosine:
      return float80::Cosine(context, a);
  }
  return {kIndefinite, false};
}

bool SetsC2(X87Unary operation) {
  return operation == X87Unary::kSine || operation == X87Unary::kCosine;
}

bool PopsTop(X87TopTwo operation) { return operation >= X87TopTwo::kArcTangent; }

Float80 Compute(Context& context, X87TopTwo operation, Float80 top, Float80 second) {
  switch (operation) {
    case X87TopTwo::kScale:
      return float80::Scale(context, top, second);
    case X87TopTwo::kArcTangent:
      return float80::ArcTangent(context, second, top);
    case X87TopTwo::kLogarithm:
      return float80::LogarithmTimes(context, second, top);
    case X87TopTwo::kLogarithmPlusOne:
      return float80::LogarithmPlusOneTimes(context, second, top);
    case X87TopTwo::kRemainder:
    case X87TopTwo::kNearestRemainder:
      break;
  }
  return kIndefinite;
}

constexpr uint16_t kAllConditions = kX87C0 | kX87C1 | kX87C2 | kX87C3;

/// The quotient's bits 0, 1, 2 go to C1, C3, C0.
uint16_t RemainderConditions(const float80::Remainder& remainder) {
  unsigned conditions = remainder.partial ? kX87C2 : 0;
  if (remainder.quotient & 1) conditions |= kX87C1;
  if (remainder.quotient & 2) conditions |= kX87C3;
  if (remainder.quotient & 4) conditions |= kX87C0;
  return static_cast<uint16_t>(conditions);
}

void ComputeRemainderOfTop(X87Unit& unit, float80::Quotient quotient) {
  float80::Remainder remainder{kIndefinite, 0, false};
  if (unit.IsEmpty(0) || unit.IsEmpty(1)) {
    unit.RaiseUnderflow();
  } else {
    remainder = float80::ComputeRemainder(unit.context(), unit.Get(0), unit.Get(1), quotient);
  }
  if (!unit.Stopped()) unit.Set(0, remainder.value);
  const bool number = Classify(remainder.value) < float80::Class::kQuietNan;
  if (number && !unit.Stopped()) {
    unit.Finish(kAllConditions, RemainderConditions(remainder));
  } else {
    unit.Finish(kX87C2, 0);
  }
}

struct Split {
  Float80 first, second;
  bool out_of_range;
};

Split Compute(Context& context, X87Split operation, Float80 a) {
  if (operation == X87Split::kExtract) {
    const float80::Extracted extracted = float80::Extract(context, a);
    return {extracted.exponent, extracted.significand, false};
  }
  if (operation == X87Split::kSineCosine) {
    const float80::Trigonometric sine = float80::Sine(context, a);
    return {sine.value, float80::Cosine(context, a).value, sine.out_of_range};
  }
  const float80::Trigonometric tangent = float80::Tangent(context, a);
  const bool number = Classify(tangent.value) < float80::Class::kQuietNan;
  return {tangent.value, number ? float80::kOne : tangent.value, tangent.out_of_range};
}

}  // namespace

void X87ArithmeticRegister(CpuState* state, X87Binary operation, uint32_t destination,
                           uint32_t source, uint32_t pops) {
  X87Unit unit(state);
  Float80 result = kIndefinite;
  if (unit.IsEmpty(destination) || unit.IsEmpty(source)) {
    unit.RaiseUnderflow();
  } else {
    result = Compute(unit.context(), operation, unit.Get(destination), unit.Get(source));
  }
  if (!unit.Stopped()) {
    unit.Set(destination, result);
    unit.Pop(pops);
  }
  unit.Finish();
}

void X87ArithmeticMemory(CpuState* state, X87Binary operation, X87Format format, uint64_t address) {
  X87Unit unit(state);
  Float80 result = kIndefinite;
  if (unit.IsEmpty(0)) {
    unit.RaiseUnderflow();
  } else {
    const X87MemoryOperand operand = ReadX87Operand(*state, format, address);
    result = Compute(unit.context(), operation, unit.Get(0), operand.value);
    RaiseOperandDenormal(unit, operand, unit.Get(0));
  }
  if (!unit.Stopped()) unit.Set(0, result);
  unit.Finish();
}

void X87ArithmeticUnary(CpuState* state, X87Unary operation) {
  X87Unit unit(state);
  Unary result{kIndefinite, false};
  if (unit.IsEmpty(0)) {
    unit.RaiseUnderflow();
  } else {
    result = Compute(unit.context(), operation, unit.Get(0));
  }
  if (!unit.Stopped()) unit.Set(0, result.value);
  unit.Finish(SetsC2(operation) ? kX87C2 : 0, result.out_of_range ? kX87C2 : 0);
}

void X87ArithmeticTopTwo(CpuState* state, X87TopTwo operation) {
  X87Unit unit(state);
  if (operation == X87TopTwo::kRemainder) {
    ComputeRemainderOfTop(unit, float80::Quotient::kTruncated);
    return;
  }
  if (operation == X87TopTwo::kNearestRemainder) {
    ComputeRemainderOfTop(unit, float80::Quotient::kNearest);
    return;
  }
  Float80 result = kIndefinite;
  if (unit.IsEmpty(0) || unit.IsEmpty(1)) {
    unit.RaiseUnderflow();
  } else {
    result = Compute(unit.context(), operation, unit.Get(0), unit.Get(1));
  }
  if (!unit.Stopped()) {
    unit.Set(PopsTop(operation) ? 1 : 0, result);
    unit.Pop(PopsTop(operation) ? 1 : 0);
  }
  unit.Finish();
}

void X87ArithmeticSplit(CpuState* state, X87Split operation) {
  X87Unit unit(state);
  Split result{kIndefinite, kIndefinite, false};
  if (unit.IsEmpty(0)) {
    unit.RaiseUnderflow();
  } else if (!unit.IsEmpty(7)) {
    unit.RaiseOverflow();
  } else {
    result = Compute(unit.context(), operation, unit.Get(0));
  }
  if (!unit.Stopped() && !result.out_of_range) {
    unit.Set(0, result.first);
    unit.Push(result.second);
  }
  unit.Finish(operation == X87Split::kExtract ? 0 : kX87C2, result.out_of_range ? kX87C2 : 0);
}

}  // namespace elfin::cpu
