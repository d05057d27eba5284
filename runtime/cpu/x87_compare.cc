// Comparisons and FXAM.
#include "runtime/cpu/float80/compare.h"
#include "runtime/cpu/x87_unit.h"

namespace elfin::cpu {
namespace {

using float80::Float80;
using float80::Ordering;
using float80::QuietNans;

constexpr uint16_t kComparison = kX87C0 | kX87C2 | kX87C3;

uint16_t ConditionsOf(Ordering ordering) {
  switch (ordering) {
    case Ordering::kLess:
      return kX87C0;
    case Ordering::kEqual:
      return kX87C3;
    case Ordering::kGreater:
      return 0;
    case Ordering::kUnordered:
      return kComparison;
  }
  return 0;
}

uint64_t FlagsOf(Ordering ordering) {
  switch (ordering) {
    case Ordering::kLess:
      return kFlagCf;
    case Ordering::kEqual:
      return kFlagZf;
    case Ordering::kGreater:
      return 0;
    case Ordering::kUnordered:
      return kFlagZf | kFlagPf | kFlagCf;
  }
  return 0;
}

QuietNans QuietNansOf(X87Compare kind) {
  return kind == X87Compare::kOrdered ? QuietNans::kRaise : QuietNans::kAllow;
}

Ordering CompareWithRegister(X87Unit& unit, X87Compare kind, unsigned source) {
  if (unit.IsEmpty(0) || unit.IsEmpty(source)) {
    unit.RaiseUnderflow();
    return Ordering::kUnordered;
  }
  return Compare(unit.context(), unit.Get(0), unit.Get(source), QuietNansOf(kind));
}

void FinishComparison(X87Unit& unit, Ordering ordering, unsigned pops) {
  if (!unit.Stopped()) unit.Pop(pops);
  unit.Finish(kComparison, ConditionsOf(ordering));
}

uint16_t ConditionsOf(float80::Class c) {
  switch (c) {
    case float80::Class::kUnsupported:
      return 0;
    case float80::Class::kQuietNan:
    case float80::Class::kSignalingNan:
      return kX87C0;
    case float80::Class::kNormal:
      return kX87C2;
    case float80::Class::kInfinity:
      return kX87C2 | kX87C0;
    case float80::Class::kZero:
      return kX87C3;
    case float80::Class::kDenormal:
      return kX87C3 | kX87C2;
  }
  return 0;
}

}  // namespace

void X87CompareRegister(CpuState* state, X87Compare kind, uint32_t source, uint32_t pops) {
  X87Unit unit(state);
  const Ordering ordering = CompareWithRegister(unit, kind, source);
  FinishComparison(unit, ordering, pops);
}

void X87CompareMemory(CpuState* state, X87Format format, uint64_t address, uint32_t pops) {
  X87Unit unit(state);
  Ordering ordering = Ordering::kUnordered;
  if (unit.IsEmpty(0)) {
    unit.RaiseUnderflow();
  } else {
    const X87MemoryOperand operand = ReadX87Operand(*state, format, address);
    ordering = Compare(unit.context(), unit.Get(0), operand.value, QuietNans::kRaise);
    RaiseOperandDenormal(unit, operand, unit.Get(0));
  }
  FinishComparison(unit, ordering, pops);
}

void X87CompareZero(CpuState* state) {
  X87Unit unit(state);
  Ordering ordering = Ordering::kUnordered;
  if (unit.IsEmpty(0)) {
    unit.RaiseUnderflow();
  } else {
    ordering = Compare(unit.context(), unit.Get(0), float80::Zero(false), QuietNans::kRaise);
  }
  FinishComparison(unit, ordering, 0);
}

void X87Examine(CpuState* state) {
  X87Unit unit(state);
  const Float80 top = unit.Get(0);
  const uint16_t conditions = unit.IsEmpty(0) ? kX87C3 | kX87C0 : ConditionsOf(Classify(top));
  unit.Finish(kComparison, static_cast<uint16_t>(conditions | (top.sign() ? kX87C1 : 0)));
}

uint64_t X87CompareToFlags(CpuState* state, X87Compare kind, uint32_t source, uint32_t pops) {
  X87Unit unit(state);
  const Ordering ordering = CompareWithRegister(unit, kind, source);
  if (!unit.Stopped()) unit.Pop(pops);
  unit.FinishKeepingC1();
  return FlagsOf(ordering);
}

}  // namespace elfin::cpu
