// What the building machine knows of the arithmetic flags: the last instruction's description, from
// which conditions are tested directly. Where a block ends, and where it is left, the description
// goes to the flag slots (FlagKind); words are computed only where somebody reads them.
#pragma once

#include <wasm.h>

#include "jit/emit/cpu_functions.h"
#include "jit/emit/value.h"
#include "jit/semantics/flags.h"
#include "jit/semantics/float_lanes.h"
#include "runtime/cpu/flag_words.h"

namespace elfin::jit {

using semantics::Condition;
using semantics::kBits32;
using semantics::kBits64;
using semantics::kBits8;

struct FlagDescription {
  enum class Kind : uint8_t {
    kSlots,   // whatever the slots say
    kAdd,     // left + right = result
    kSub,     // left - right = result
    kLogic,   // result
    kResult,  // result; left, right: the Bits CF and OF
    kFloat,   // left compared with right: numbers
    kWords,   // left, right: flag_result, flag_carry
  };
  Kind kind = Kind::kSlots;
  unsigned bytes = 8;
  OpId left = kNoOp, right = kNoOp, result = kNoOp;
  bool settled = true;  // the slots say the same

  bool operator==(const FlagDescription& other) const {
    return kind == other.kind && left == other.left && right == other.right &&
           result == other.result && settled == other.settled;
  }
};

/// Values for the three flag slots.
struct FlagSlots {
  OpId left = kNoOp, right = kNoOp;
  uint32_t code = 0;
};

class FlagStore {
 public:
  using Kind = FlagDescription::Kind;
  FlagDescription now;

  template <class M, class T, class W>
  void Write(M&, const semantics::AddFlags<T, W>& flags) {
    now = {Kind::kAdd, W::bytes, flags.left.id, flags.right.id, flags.result.id, false};
  }
  template <class M, class T, class W>
  void Write(M&, const semantics::SubFlags<T, W>& flags) {
    now = {Kind::kSub, W::bytes, flags.left.id, flags.right.id, flags.result.id, false};
  }
  template <class M, class T, class W>
  void Write(M&, const semantics::LogicFlags<T, W>& flags) {
    now = {Kind::kLogic, W::bytes, kNoOp, kNoOp, flags.result.id, false};
  }
  template <class M, class T, class B, class W>
  void Write(M&, const semantics::ResultFlags<T, B, W>& flags) {
    now = {Kind::kResult, W::bytes, flags.carry.id, flags.overflow.id, flags.result.id, false};
  }
  template <class M, class S, class T>
  void Write(M&, const semantics::FloatFlags<S, T>& flags) {
    now = {Kind::kFloat, S::lane.bytes, flags.left.id, flags.right.id, kNoOp, false};
  }
  /// Any other description: by its words.
  template <class M, class F>
  void Write(M& m, const F& flags) {
    auto result = flags.ResultWord(m);
    auto carry = flags.CarryWord(m);
    now = {Kind::kWords, 8, result.id, carry.id, kNoOp, false};
  }

  template <class M>
  IntValue<64> ResultWord(M& m) const {
    switch (now.kind) {
      case Kind::kSlots:
        return Word(m, HelperId::kFlagResultWord);
      case Kind::kWords:
        return {now.left};
      case Kind::kFloat:
        return WithFloats([&](auto flags) { return flags.ResultWord(m); });
      default:
        return WithWidth(
            m, [&](auto width) { return m.SignExtend(kBits64, IntValue<width.bits>{now.result}); });
    }
  }
  template <class M>
  IntValue<64> CarryWord(M& m) const {
    switch (now.kind) {
      case Kind::kSlots:
        return Word(m, HelperId::kFlagCarryWord);
      case Kind::kWords:
        return {now.right};
      case Kind::kFloat:
        return WithFloats([&](auto flags) { return flags.CarryWord(m); });
      case Kind::kLogic:
        return m.Const(kBits64, 0);
      case Kind::kResult:
        return semantics::CarryWordOfBits(m, BitValue{now.left}, BitValue{now.right});
      default:
        return WithWidth(m, [&](auto width) {
          using T = IntValue<width.bits>;
          const T left{now.left}, right{now.right}, result{now.result};
          if (now.kind == Kind::kAdd) {
            return semantics::AddFlags{left, right, result, width}.CarryWord(m);
          }
          return semantics::SubFlags{left, right, result, width}.CarryWord(m);
        });
    }
  }

  /// One of the even conditions (the machine negates the odd ones).
  template <Condition kCondition, class M>
  BitValue Test(M& m) const {
    constexpr auto positive = static_cast<Condition>(static_cast<unsigned>(kCondition) & ~1u);
    if constexpr (positive != kCondition) {
      return m.Not(Test<positive>(m));
    } else {
      if (now.kind == Kind::kSlots || now.kind == Kind::kWords) {
        return semantics::ConditionFromWords<kCondition>(m);
      }
      if (now.kind == Kind::kFloat) {
        return WithFloats([&](auto flags) { return TestFloats<kCondition>(m, flags); });
      }
      return WithWidth(m, [&](auto width) { return TestWidth<kCondition>(m, width); });
    }
  }

  /// What the slots have to become to say the same as the description. No values: they do.
  template <class M>
  FlagSlots Slots(M& m) const {
    if (now.settled) return {};
    auto& ops = m.ops();
    uint32_t code = cpu::kFlagWordsCode;
    OpId left = kNoOp, right = kNoOp;
    auto wide = [&](OpId id) {
      return now.bytes == 8 ? id : ops.Unary(Type::kI64, wasm::ExtendUInt32, id);
    };
    switch (now.kind) {
      case Kind::kAdd:
        code = cpu::FlagKindCode(cpu::FlagKind::kAdd, now.bytes);
        left = wide(now.result);
        right = wide(now.right);
        break;
      case Kind::kSub:
        code = cpu::FlagKindCode(cpu::FlagKind::kSub, now.bytes);
        left = wide(now.left);
        right = wide(now.right);
        break;
      case Kind::kLogic:
        code = cpu::FlagKindCode(cpu::FlagKind::kLogic, now.bytes);
        left = wide(now.result);
        right = ops.Const(Type::kI64, 0);
        break;
      case Kind::kFloat:
        code = cpu::FlagKindCode(cpu::FlagKind::kFloat, now.bytes);
        WithFloats([&](auto flags) {
          using S = decltype(flags.shape);
          left = m.ZeroExtend(kBits64, m.FToBits(S{}, flags.left)).id;
          right = m.ZeroExtend(kBits64, m.FToBits(S{}, flags.right)).id;
          return 0;
        });
        break;
      default:
        left = ResultWord(m).id;
        right = CarryWord(m).id;
    }
    return {left, right, code};
  }

  /// Puts the description into the slots.
  template <class M>
  void Settle(M& m) {
    if (now.settled) return;
    const FlagSlots slots = Slots(m);
    m.ops().SetSlot(kFlagLeftSlot, slots.left);
    m.ops().SetSlot(kFlagRightSlot, slots.right);
    m.ops().SetSlot(kFlagKindSlot, m.ops().Const(Type::kI32, slots.code));
    now.settled = true;
  }

  /// For a block that only one other comes before: that one's description, out of the slots.
  template <class M>
  void Inherit(M& m, const FlagDescription& before) {
    auto& ops = m.ops();
    auto narrow = [&](Slot slot) {
      const OpId id = ops.GetSlot(slot);
      return before.bytes == 8 ? id : ops.Unary(Type::kI32, wasm::WrapInt64, id);
    };
    now = before;
    now.settled = true;
    switch (before.kind) {
      case Kind::kAdd:
        WithWidth(m, [&](auto width) {
          now.result = narrow(kFlagLeftSlot);
          now.right = narrow(kFlagRightSlot);
          now.left = m.Sub(IntValue<width.bits>{now.result}, IntValue<width.bits>{now.right}).id;
          return 0;
        });
        break;
      case Kind::kSub:
        WithWidth(m, [&](auto width) {
          now.left = narrow(kFlagLeftSlot);
          now.right = narrow(kFlagRightSlot);
          now.result = m.Sub(IntValue<width.bits>{now.left}, IntValue<width.bits>{now.right}).id;
          return 0;
        });
        break;
      case Kind::kLogic:
        now.result = narrow(kFlagLeftSlot);
        break;
      case Kind::kSlots:
        break;
      case Kind::kFloat:
        WithFloats([&](auto flags) {
          using S = decltype(flags.shape);
          now.left = m.FFromBits(S{}, IntValue<S::bits>{narrow(kFlagLeftSlot)}).id;
          now.right = m.FFromBits(S{}, IntValue<S::bits>{narrow(kFlagRightSlot)}).id;
          return 0;
        });
        break;
      default:
        now.kind = Kind::kWords;
        now.bytes = 8;
        now.left = ops.GetSlot(kFlagLeftSlot);
        now.right = ops.GetSlot(kFlagRightSlot);
    }
  }

 private:
  template <class M, class Action>
  auto WithWidth(M&, Action action) const {
    switch (now.bytes) {
      case 1:
        return action(semantics::kBits8);
      case 2:
        return action(semantics::kBits16);
      case 4:
        return action(semantics::kBits32);
      default:
        return action(semantics::kBits64);
    }
  }

  template <class Action>
  auto WithFloats(Action action) const {
    using semantics::F32, semantics::F64, semantics::FloatFlags;
    if (now.bytes == 4) {
      return action(FloatFlags<F32, FloatValue<32>>{{now.left}, {now.right}});
    }
    return action(FloatFlags<F64, FloatValue<64>>{{now.left}, {now.right}});
  }

  template <Condition kCondition, class M, class Flags>
  BitValue TestFloats(M& m, const Flags& flags) const {
    switch (kCondition) {
      case Condition::kB:
        return flags.Below(m);
      case Condition::kZ:
      case Condition::kLe:  // SF and OF are clear
        return flags.EqualOrUnordered(m);
      case Condition::kBe:
        return m.Not(m.FLt(flags.shape, flags.right, flags.left));
      case Condition::kP:
        return flags.Unordered(m);
      default:
        return m.ConstBit(false);
    }
  }

  template <class M>
  IntValue<64> Word(M& m, HelperId helper) const {
    auto& ops = m.ops();
    Op op{OpCode::kPureCall, Type::kI64};
    op.sub = static_cast<uint16_t>(helper);
    op.a = ops.GetSlot(kFlagKindSlot);
    op.b = ops.GetSlot(kFlagLeftSlot);
    op.c = ops.GetSlot(kFlagRightSlot);
    return {ops.Pure(op)};
  }

  template <Condition kCondition, class M, class W>
  BitValue TestWidth(M& m, W width) const {
    using T = IntValue<W::bits>;
    const T left{now.left}, right{now.right}, result{now.result};
    const T zero = m.Const(width, 0);
    const Kind kind = now.kind;
    if constexpr (kCondition == Condition::kZ) {
      return kind == Kind::kSub ? m.Eq(left, right) : m.IsZero(result);
    } else if constexpr (kCondition == Condition::kS) {
      return m.LtS(result, zero);
    } else if constexpr (kCondition == Condition::kP) {
      auto low = m.ZeroExtend(kBits32, m.Truncate(kBits8, result));
      return m.IsZero(m.And(m.Popcnt(low), m.Const(kBits32, 1)));
    } else if constexpr (kCondition == Condition::kB) {
      if (kind == Kind::kSub) return m.LtU(left, right);
      if (kind == Kind::kAdd) return m.LtU(result, left);
      return kind == Kind::kResult ? BitValue{now.left} : m.ConstBit(false);
    } else if constexpr (kCondition == Condition::kO) {
      if (kind == Kind::kSub) return m.LtS(m.And(m.Xor(left, right), m.Xor(left, result)), zero);
      if (kind == Kind::kAdd) return m.LtS(m.And(m.Xor(left, result), m.Xor(right, result)), zero);
      return kind == Kind::kResult ? BitValue{now.right} : m.ConstBit(false);
    } else if constexpr (kCondition == Condition::kBe) {
      if (kind == Kind::kSub) return m.LeU(left, right);
      return m.Or(Test<Condition::kB>(m), Test<Condition::kZ>(m));
    } else if constexpr (kCondition == Condition::kL) {
      if (kind == Kind::kSub) return m.LtS(left, right);
      return m.Xor(Test<Condition::kS>(m), Test<Condition::kO>(m));
    } else {
      if (kind == Kind::kSub) return m.LeS(left, right);
      if (kind == Kind::kLogic) return m.LeS(result, zero);
      return m.Or(Test<Condition::kZ>(m), Test<Condition::kL>(m));
    }
  }
};

}  // namespace elfin::jit
