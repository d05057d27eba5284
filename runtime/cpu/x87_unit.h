// Inside runtime/cpu's x87: one instruction's view of the register stack, with its exceptions.
#pragma once

#include "runtime/cpu/float80/float80.h"
#include "runtime/cpu/guest_access.h"
#include "runtime/cpu/x87_ops.h"
#include "runtime/cpu/x87_state.h"

namespace elfin::cpu {

/// Collects what an instruction raises; Finish() puts it into the status word.
class X87Unit {
 public:
  using Float80 = float80::Float80;

  explicit X87Unit(CpuState* state) : state_(*state), context_{state->x87_control, 0} {}

  float80::Context& context() { return context_; }
  CpuState& state() { return state_; }

  bool IsEmpty(unsigned index) const { return (state_.x87_valid >> Physical(index) & 1) == 0; }
  Float80 Get(unsigned index) const {
    const X87Register& reg = state_.x87[Physical(index)];
    return {reg.significand, reg.sign_exponent};
  }
  void Set(unsigned index, Float80 value) {
    const unsigned physical = Physical(index);
    state_.x87[physical].significand = value.significand;
    state_.x87[physical].sign_exponent = value.sign_exponent;
    state_.x87_valid = static_cast<uint8_t>(state_.x87_valid | 1u << physical);
  }
  void Free(unsigned index) {
    state_.x87_valid = static_cast<uint8_t>(state_.x87_valid & ~(1u << Physical(index)));
  }
  void Pop(unsigned count) {
    for (; count > 0; --count) {
      Free(0);
      Rotate(1);
    }
  }
  void Push(Float80 value) {
    Rotate(7);
    Set(0, value);
  }
  void Rotate(unsigned amount) { state_.x87_top = (state_.x87_top + amount) & 7; }

  /// An operand is empty. The masked response is up to the caller, if !Stopped().
  void RaiseUnderflow() {
    context_.raised = float80::kInvalid;
    fault_ = true;
  }
  /// No room to push.
  void RaiseOverflow() {
    context_.raised = float80::kInvalid | float80::kRoundedUp;
    fault_ = true;
  }
  /// An unmasked exception of the operands: no result is written, nothing popped or pushed.
  bool Stopped() const { return context_.Stopped(); }

  /// Pushes what `value` computes, or the default NaN if the stack is full; nothing if one of the
  /// exceptions `forbidding` was raised unmasked.
  template <class Value>
  void PushChecked(Value value, uint16_t forbidding = float80::kOperandExceptions) {
    const bool room = IsEmpty(7);
    if (!room) RaiseOverflow();
    const Float80 pushed = room ? value() : float80::kIndefinite;
    if ((context_.raised & ~context_.control & forbidding) == 0) Push(pushed);
  }

  /// Sets the exceptions and C1; of the other condition bits those in `mask`, to those in
  /// `conditions`.
  void Finish(uint16_t mask = 0, uint16_t conditions = 0) { Update(kX87C1 | mask, conditions); }
  /// FCMOVcc, FCOMI and their like: C1 changes only with a stack fault.
  void FinishKeepingC1() { Update(fault_ ? kX87C1 : 0, 0); }

 private:
  unsigned Physical(unsigned index) const { return (state_.x87_top + index) & 7; }

  void Update(unsigned mask, unsigned conditions) {
    const unsigned kept = state_.x87_status & ~mask;
    state_.x87_status =
        static_cast<uint16_t>(kept | context_.raised | conditions | (fault_ ? kX87StackFault : 0));
    if (context_.raised != 0) UpdateX87Summary(state_);
  }

  CpuState& state_;
  float80::Context context_;
  bool fault_ = false;
};

static_assert(float80::kRoundedUp == kX87C1);

/// A memory operand of arithmetic or comparison. It is not made quiet: the operation sees its NaN.
struct X87MemoryOperand {
  float80::Float80 value;
  bool denormal;  // float32, float64: was one in its own format
};
X87MemoryOperand ReadX87Operand(const CpuState& state, X87Format format, uint64_t address);

/// kDenormal for a memory operand that was one, unless the operation has found something worse.
void RaiseOperandDenormal(X87Unit& unit, const X87MemoryOperand& operand, float80::Float80 other);

}  // namespace elfin::cpu
