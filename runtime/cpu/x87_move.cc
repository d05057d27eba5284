// Loads, stores, exchanges.
#include "runtime/cpu/float80/constants.h"
#include "runtime/cpu/float80/convert.h"
#include "runtime/cpu/x87_unit.h"

namespace elfin::cpu {
namespace {

using float80::Context;
using float80::Float80;
using float80::Rounding;

Float80 ReadFloat80(const CpuState& state, uint64_t address) {
  return {LoadGuest<uint64_t>(state, address), LoadGuest<uint16_t>(state, address + 8)};
}

/// As FLD and its like load it, exceptions included.
Float80 Load(const CpuState& state, Context& context, X87Format format, uint64_t address) {
  switch (format) {
    case X87Format::kFloat32:
      return float80::FromFloat32(context, LoadGuest<uint32_t>(state, address));
    case X87Format::kFloat64:
      return float80::FromFloat64(context, LoadGuest<uint64_t>(state, address));
    case X87Format::kFloat80:
      return ReadFloat80(state, address);
    case X87Format::kInteger16:
    case X87Format::kTruncated16:
      return float80::FromInteger(LoadGuest<int16_t>(state, address));
    case X87Format::kInteger32:
    case X87Format::kTruncated32:
      return float80::FromInteger(LoadGuest<int32_t>(state, address));
    case X87Format::kInteger64:
    case X87Format::kTruncated64:
      return float80::FromInteger(LoadGuest<int64_t>(state, address));
    case X87Format::kDecimal:
      return float80::FromDecimal(LoadGuest<float80::PackedDecimal>(state, address));
  }
  return float80::kIndefinite;
}

/// A value in a memory format, ready to be stored.
struct Image {
  uint8_t bytes[10];
};

template <class T>
Image MakeImage(T value) {
  static_assert(sizeof(T) <= sizeof(Image));
  Image image{};
  std::memcpy(image.bytes, &value, sizeof(T));
  return image;
}

Image MakeImage(Float80 value) {
  Image image = MakeImage(value.significand);
  std::memcpy(image.bytes + 8, &value.sign_exponent, sizeof(value.sign_exponent));
  return image;
}

template <class T>
Image MakeInteger(Context& context, Float80 value, Rounding rounding) {
  return MakeImage(static_cast<T>(float80::ToInteger(context, value, 8 * sizeof(T), rounding)));
}

Image Convert(Context& context, X87Format format, Float80 value) {
  const Rounding rounding = context.rounding();
  switch (format) {
    case X87Format::kFloat32:
      return MakeImage(float80::ToFloat32(context, value));
    case X87Format::kFloat64:
      return MakeImage(float80::ToFloat64(context, value));
    case X87Format::kFloat80:
      return MakeImage(value);
    case X87Format::kInteger16:
      return MakeInteger<int16_t>(context, value, rounding);
    case X87Format::kInteger32:
      return MakeInteger<int32_t>(context, value, rounding);
    case X87Format::kInteger64:
      return MakeInteger<int64_t>(context, value, rounding);
    case X87Format::kDecimal:
      return MakeImage(float80::ToDecimal(context, value));
    case X87Format::kTruncated16:
      return MakeInteger<int16_t>(context, value, Rounding::kTowardZero);
    case X87Format::kTruncated32:
      return MakeInteger<int32_t>(context, value, Rounding::kTowardZero);
    case X87Format::kTruncated64:
      return MakeInteger<int64_t>(context, value, Rounding::kTowardZero);
  }
  return {};
}

}  // namespace

void X87LoadRegister(CpuState* state, uint32_t source) {
  X87Unit unit(state);
  const bool empty = unit.IsEmpty(source);
  if (empty) {
    unit.RaiseUnderflow();
    if (!unit.Stopped()) unit.Push(float80::kIndefinite);
  } else {
    unit.PushChecked([&] { return unit.Get(source); });
  }
  unit.Finish();
}

void X87LoadMemory(CpuState* state, X87Format format, uint64_t address) {
  X87Unit unit(state);
  // A denormal is loaded even where kDenormal is unmasked.
  unit.PushChecked([&] { return Load(*state, unit.context(), format, address); },
                   float80::kInvalid);
  unit.Finish();
}

void X87LoadConstant(CpuState* state, X87Constant constant) {
  X87Unit unit(state);
  unit.PushChecked([&] {
    if (constant == X87Constant::kOne) return float80::kOne;
    if (constant == X87Constant::kZero) return float80::Zero(false);
    return float80::LoadConstant(unit.context().rounding(),
                                 static_cast<float80::Constant>(constant));
  });
  unit.Finish();
}

void X87StoreRegister(CpuState* state, uint32_t destination, uint32_t pops) {
  X87Unit unit(state);
  if (unit.IsEmpty(0)) unit.RaiseUnderflow();
  if (!unit.Stopped()) {
    unit.Set(destination, unit.IsEmpty(0) ? float80::kIndefinite : unit.Get(0));
    unit.Pop(pops);
  }
  unit.Finish();
}

void X87StorePopUnchecked(CpuState* state, uint32_t destination) {
  X87Unit unit(state);
  if (!unit.IsEmpty(0)) unit.Set(destination, unit.Get(0));
  unit.Pop(1);
  unit.Finish();
}

void X87StoreMemory(CpuState* state, X87Format format, uint64_t address, uint32_t pops) {
  X87Unit unit(state);
  Context& context = unit.context();
  Image image{};
  if (unit.IsEmpty(0)) {
    Context ignored;
    image = Convert(ignored, format, float80::kIndefinite);
    unit.RaiseUnderflow();
  } else {
    image = Convert(context, format, unit.Get(0));
  }
  constexpr uint16_t kForbidding = float80::kAllExceptions & ~float80::kPrecision;
  if ((context.raised & ~context.control & kForbidding) == 0) {
    std::memcpy(HostPointer(*state, address), image.bytes, X87FormatBytes(format));
    unit.Pop(pops);
  }
  unit.Finish();
}

void X87Exchange(CpuState* state, uint32_t other) {
  X87Unit unit(state);
  if (unit.IsEmpty(0) || unit.IsEmpty(other)) unit.RaiseUnderflow();
  if (!unit.Stopped()) {
    const Float80 top = unit.IsEmpty(0) ? float80::kIndefinite : unit.Get(0);
    const Float80 second = unit.IsEmpty(other) ? float80::kIndefinite : unit.Get(other);
    unit.Set(0, second);
    unit.Set(other, top);
  }
  unit.Finish();
}

void X87ConditionalMove(CpuState* state, uint32_t source, uint32_t move) {
  X87Unit unit(state);
  if (unit.IsEmpty(0) || unit.IsEmpty(source)) {
    unit.RaiseUnderflow();
    if (!unit.Stopped()) unit.Set(0, float80::kIndefinite);
  } else if (move != 0) {
    unit.Set(0, unit.Get(source));
  }
  unit.FinishKeepingC1();
}

void X87Free(CpuState* state, uint32_t index, uint32_t pops) {
  X87Unit unit(state);
  unit.Free(index);
  unit.Pop(pops);
  unit.Finish();
}

void X87Rotate(CpuState* state, uint32_t amount) {
  X87Unit unit(state);
  unit.Rotate(amount);
  unit.Finish();
}

X87MemoryOperand ReadX87Operand(const CpuState& state, X87Format format, uint64_t address) {
  Context context;
  X87MemoryOperand operand{Load(state, context, format, address), false};
  operand.denormal = (context.raised & float80::kDenormal) != 0;
  if (context.raised & float80::kInvalid) operand.value.significand &= ~float80::kQuietBit;
  return operand;
}

void RaiseOperandDenormal(X87Unit& unit, const X87MemoryOperand& operand, Float80 other) {
  if (!operand.denormal || Classify(other) >= float80::Class::kQuietNan) return;
  Context& context = unit.context();
  if ((context.raised & (float80::kInvalid | float80::kZeroDivide)) != 0) return;
  context.raised |= float80::kDenormal;
  // Unmasked, there is no result that could have raised anything.
  if (context.Stopped()) context.raised &= float80::kOperandExceptions;
}

}  // namespace elfin::cpu
