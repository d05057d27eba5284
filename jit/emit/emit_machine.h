// EmitMachine: the Machine that builds (jit/semantics/machine.h). Semantics instantiated over it
// append operations to a block's list (op.h).
//
// What it can't build it marks (unsupported()): the translator takes the instruction back and
// leaves it to the interpreter. Traps are the interpreter's, too: where an instruction would trap,
// the block is left before it (Leave), and the interpreter finds out why.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include <wasm.h>

#include "decoder/guest_insn.h"
#include "jit/emit/block_ops.h"
#include "jit/emit/cpu_functions.h"
#include "jit/emit/flag_store.h"
#include "jit/emit/value.h"
#include "jit/emit/vector_builder.h"
#include "jit/semantics/flags.h"
#include "jit/semantics/machine.h"
#include "runtime/cpu/exit_reason.h"
#include "runtime/cpu/translated_code.h"

namespace elfin::jit {

/// How a block ends: what the machine's control operations left.
struct BlockExit {
  enum class Kind : uint8_t {
    kNext,      // behind the instruction
    kJump,      // to its immediate
    kBranch,    // value (a Bit) ? immediate : next
    kIndirect,  // value is the address
  };
  Kind kind = Kind::kNext;
  semantics::JumpKind jump = semantics::JumpKind::kJump;
  OpId value = kNoOp;
};

class EmitMachine : public VectorBuilder<EmitMachine> {
 public:
  template <unsigned kBits>
  using Int = std::conditional_t<kBits == 128, VectorValue, IntValue<kBits>>;
  using Bit = BitValue;
  using V128 = VectorValue;
  template <unsigned kBits>
  using Width = semantics::Width<kBits>;
  using Access = semantics::Access;
  /// What needs more than the plain operation is the interpreter's (jit/semantics/float_lanes.h).
  static constexpr bool kLeavesForExactFloats = true;

  explicit EmitMachine(BlockOps* ops) : ops_(ops) {}

  BlockOps& ops() { return *ops_; }
  void Begin(const decoder::GuestInsn& insn) {
    insn_ = &insn;
    unsupported_ = false;
    exit_ = {};
  }
  bool unsupported() const { return unsupported_; }
  const BlockExit& exit() const { return exit_; }
  FlagStore& flags() { return flags_; }
  /// Leaves the block before the instruction; the arm ends.
  void Leave() {
    const FlagDescription before = flags_.now;
    flags_.Settle(*this);
    flags_.now = before;
    Op op{OpCode::kLeave};
    op.imm = insn_->address;
    op.sub = insn_->index_in_block;
    ops_->Root(op);
  }

  /// Leaves where the condition doesn't hold; it does from here on.
  void LeaveUnless(Bit bit) {
    if (ops_->Holds(bit.id)) return;
    ops_->If(NotAll(bit).id, BlockOps::Arm::kLeaves);
    Leave();
    ops_->End();
    ops_->NoteHolds(bit.id);
  }
  /// The same where neither `likely` nor, looked at only then, precisely() holds.
  template <class Precisely>
  void LeaveUnless(Bit likely, Precisely precisely) {
    if (ops_->Holds(likely.id)) return;
    ops_->If(Not(likely).id, BlockOps::Arm::kRare);
    LeaveUnless(precisely());
    ops_->End();
  }

  // ---- integers ----
  template <class W>
  IntValue<W::bits> Const(W, uint64_t number) {
    if constexpr (W::bits < 64) number &= (uint64_t{1} << W::bits) - 1;
    return {ops_->Const(IntType<W::bits>(), number)};
  }
  Bit ConstBit(bool bit) { return {ops_->Const(Type::kI32, bit)}; }

  template <unsigned kBits>
  IntValue<kBits> Add(IntValue<kBits> a, IntValue<kBits> b) {
    return Binary<kBits>(wasm::AddInt32, wasm::AddInt64, a, b);
  }
  template <unsigned kBits>
  IntValue<kBits> Sub(IntValue<kBits> a, IntValue<kBits> b) {
    return Binary<kBits>(wasm::SubInt32, wasm::SubInt64, a, b);
  }
  template <unsigned kBits>
  IntValue<kBits> Mul(IntValue<kBits> a, IntValue<kBits> b) {
    return Binary<kBits>(wasm::MulInt32, wasm::MulInt64, a, b);
  }
#define ELFIN_BITWISE(name, op32, op64, vector)                                         \
  template <unsigned kBits>                                                             \
  IntValue<kBits> name(IntValue<kBits> a, IntValue<kBits> b) {                          \
    return Binary<kBits>(wasm::op32, wasm::op64, a, b);                                 \
  }                                                                                     \
  Bit name(Bit a, Bit b) { return {ops_->Binary(Type::kI32, wasm::op32, a.id, b.id)}; } \
  VectorValue name(VectorValue a, VectorValue b) {                                      \
    return {ops_->Binary(Type::kV128, wasm::vector, a.id, b.id)};                       \
  }
  ELFIN_BITWISE(And, AndInt32, AndInt64, AndVec128)
  ELFIN_BITWISE(Or, OrInt32, OrInt64, OrVec128)
  ELFIN_BITWISE(Xor, XorInt32, XorInt64, XorVec128)
#undef ELFIN_BITWISE
  template <unsigned kBits>
  IntValue<kBits> Not(IntValue<kBits> a) {
    return Xor(a, Const(Width<kBits>{}, ~uint64_t{0}));
  }
  Bit Not(Bit a) {
    uint16_t opposite;
    const Op op = ops_->At(a.id);
    if (op.code == OpCode::kBinary && Opposite(op.sub, &opposite)) {
      return {ops_->Binary(Type::kI32, opposite, op.a, op.b)};
    }
    if (op.code == OpCode::kUnary && op.sub == wasm::EqZInt32) {
      if (IsTruth(op.a)) return {op.a};
      return {ops_->Binary(Type::kI32, wasm::NeInt32, op.a, ops_->Const(Type::kI32, 0))};
    }
    if (op.code == OpCode::kUnary && op.sub == wasm::EqZInt64) {
      return {ops_->Binary(Type::kI32, wasm::NeInt64, op.a, ops_->Const(Type::kI64, 0))};
    }
    return {ops_->Unary(Type::kI32, wasm::EqZInt32, a.id)};
  }
  VectorValue Not(VectorValue a) { return {ops_->Unary(Type::kV128, wasm::NotVec128, a.id)}; }
  template <unsigned kBits>
  IntValue<kBits> Neg(IntValue<kBits> a) {
    return Sub(Const(Width<kBits>{}, 0), a);
  }
  template <unsigned kBits>
  IntValue<kBits> Shl(IntValue<kBits> a, IntValue<kBits> count) {
    return Binary<kBits>(wasm::ShlInt32, wasm::ShlInt64, a, Clean(count));
  }
  template <unsigned kBits>
  IntValue<kBits> ShrU(IntValue<kBits> a, IntValue<kBits> count) {
    return Binary<kBits>(wasm::ShrUInt32, wasm::ShrUInt64, Clean(a), Clean(count), true);
  }
  template <unsigned kBits>
  IntValue<kBits> ShrS(IntValue<kBits> a, IntValue<kBits> count) {
    return Binary<kBits>(wasm::ShrSInt32, wasm::ShrSInt64, Extended(a), Clean(count));
  }
  template <unsigned kBits>
  IntValue<kBits> Rotl(IntValue<kBits> a, IntValue<kBits> count) {
    if constexpr (kBits >= 32) {
      return Binary<kBits>(wasm::RotLInt32, wasm::RotLInt64, a, count);
    } else {
      return Or(Shl(a, count), ShrU(a, OtherWay(count)));
    }
  }
  template <unsigned kBits>
  IntValue<kBits> Rotr(IntValue<kBits> a, IntValue<kBits> count) {
    if constexpr (kBits >= 32) {
      return Binary<kBits>(wasm::RotRInt32, wasm::RotRInt64, a, count);
    } else {
      return Or(ShrU(a, count), Shl(a, OtherWay(count)));
    }
  }
  template <unsigned kBits>
  IntValue<kBits> Clz(IntValue<kBits> a) {
    auto count = Unary<kBits>(wasm::ClzInt32, wasm::ClzInt64, Clean(a));
    if constexpr (kBits >= 32) return count;
    return Cleaned(Sub(count, Const(Width<kBits>{}, 32 - kBits)));
  }
  template <unsigned kBits>
  IntValue<kBits> Ctz(IntValue<kBits> a) {
    if constexpr (kBits < 32) {
      const OpId stop = ops_->Const(Type::kI32, uint64_t{1} << kBits);
      a = {ops_->Binary(Type::kI32, wasm::OrInt32, a.id, stop)};
    }
    return Cleaned(Unary<kBits>(wasm::CtzInt32, wasm::CtzInt64, a));
  }
  template <unsigned kBits>
  IntValue<kBits> Popcnt(IntValue<kBits> a) {
    return Cleaned(Unary<kBits>(wasm::PopcntInt32, wasm::PopcntInt64, Clean(a)));
  }
  template <unsigned kBits>
  IntValue<kBits> ByteSwap(IntValue<kBits> a) {
    if constexpr (kBits == 16) {
      auto eight = Const(Width<16>{}, 8);
      return Or(Shl(a, eight), ShrU(a, eight));
    } else if constexpr (kBits == 32) {
      // Two rotations bring the bytes to their places, each half of them.
      auto ends = And(Rotl(a, Const(Width<32>{}, 8)), Const(Width<32>{}, 0x00ff00ff));
      auto middle = And(Rotl(a, Const(Width<32>{}, 24)), Const(Width<32>{}, 0xff00ff00));
      return Or(ends, middle);
    } else {
      constexpr Width<64> w{};
      auto c8 = Const(w, 8), c16 = Const(w, 16), c32 = Const(w, 32);
      auto bytes = Const(w, 0x00ff00ff00ff00ff), pairs = Const(w, 0x0000ffff0000ffff);
      a = Or(And(ShrU(a, c8), bytes), Shl(And(a, bytes), c8));
      a = Or(And(ShrU(a, c16), pairs), Shl(And(a, pairs), c16));
      return Rotl(a, c32);
    }
  }
  template <unsigned kBits>
  IntValue<kBits> MulHighU(IntValue<kBits> a, IntValue<kBits> b) {
    constexpr Width<64> w{};
    if constexpr (kBits < 64) {
      auto product = Mul(ZeroExtend(w, a), ZeroExtend(w, b));
      return Truncate(Width<kBits>{}, ShrU(product, Const(w, kBits)));
    } else {
      auto low_mask = Const(w, 0xffffffff), half = Const(w, 32);
      auto a_low = And(a, low_mask), a_high = ShrU(a, half);
      auto b_low = And(b, low_mask), b_high = ShrU(b, half);
      auto middle = Add(Mul(a_high, b_low), ShrU(Mul(a_low, b_low), half));
      auto other = Add(Mul(a_low, b_high), And(middle, low_mask));
      return Add(Add(Mul(a_high, b_high), ShrU(middle, half)), ShrU(other, half));
    }
  }
  template <unsigned kBits>
  IntValue<kBits> MulHighS(IntValue<kBits> a, IntValue<kBits> b) {
    constexpr Width<64> w{};
    if constexpr (kBits < 64) {
      auto product = Mul(SignExtend(w, a), SignExtend(w, b));
      return Truncate(Width<kBits>{}, ShrU(product, Const(w, kBits)));
    } else {
      auto top = Const(w, 63);
      auto excess = Add(And(ShrS(a, top), b), And(ShrS(b, top), a));
      return Sub(MulHighU(a, b), excess);
    }
  }
  template <unsigned kBits>
  IntValue<kBits> DivWideU(IntValue<kBits> high, IntValue<kBits> low, IntValue<kBits> divisor) {
    constexpr Width<64> w{};
    if constexpr (kBits < 64) {
      auto dividend = Or(Shl(ZeroExtend(w, high), Const(w, kBits)), ZeroExtend(w, low));
      return Truncate(Width<kBits>{}, Divide(dividend, ZeroExtend(w, divisor)));
    } else {
      return Either(
          IsZero(high), [&] { return Divide(low, divisor); },
          [&] {
            Op op{OpCode::kPureCall, Type::kI64};
            op.sub = static_cast<uint16_t>(HelperId::kDivWide64);
            op.a = high.id;
            op.b = low.id;
            op.c = divisor.id;
            return IntValue<64>{ops_->Pure(op)};
          });
    }
  }

  template <class W, unsigned kBits>
  IntValue<W::bits> ZeroExtend(W, IntValue<kBits> a) {
    if constexpr (W::bits == kBits) {
      return a;
    } else if constexpr (W::bits == 64) {
      return {ops_->Unary(Type::kI64, wasm::ExtendUInt32, Clean(a).id)};
    } else {
      return {Clean(a).id};
    }
  }
  template <class W, unsigned kBits>
  IntValue<W::bits> SignExtend(W, IntValue<kBits> a) {
    if constexpr (W::bits == kBits) {
      return a;
    } else if constexpr (W::bits == 64) {
      return {ops_->Unary(Type::kI64, wasm::ExtendSInt32, Extended(a).id)};
    } else {
      const OpId id = Extended(a).id;
      if (ops_->IsConst(id)) return Const(W{}, ops_->At(id).imm);
      return {id};
    }
  }
  template <class W, unsigned kBits>
  IntValue<W::bits> Truncate(W, IntValue<kBits> a) {
    if constexpr (kBits == 64 && W::bits != 64) {
      return {ops_->Unary(Type::kI32, wasm::WrapInt64, a.id)};
    } else {
      return {a.id};
    }
  }

#define ELFIN_COMPARISON(name, op32, op64, prepare)                                        \
  template <unsigned kBits>                                                                \
  Bit name(IntValue<kBits> a, IntValue<kBits> b) {                                         \
    return {ops_->Binary(Type::kI32, kBits == 64 ? wasm::op64 : wasm::op32, prepare(a).id, \
                         prepare(b).id)};                                                  \
  }
  ELFIN_COMPARISON(Eq, EqInt32, EqInt64, Clean)
  ELFIN_COMPARISON(Ne, NeInt32, NeInt64, Clean)
  ELFIN_COMPARISON(LtU, LtUInt32, LtUInt64, Clean)
  ELFIN_COMPARISON(LeU, LeUInt32, LeUInt64, Clean)
  ELFIN_COMPARISON(LtS, LtSInt32, LtSInt64, Extended)
  ELFIN_COMPARISON(LeS, LeSInt32, LeSInt64, Extended)
#undef ELFIN_COMPARISON
  template <unsigned kBits>
  Bit IsZero(IntValue<kBits> a) {
    const uint16_t op = kBits == 64 ? wasm::EqZInt64 : wasm::EqZInt32;
    return {ops_->Unary(Type::kI32, op, Clean(a).id)};
  }
  template <class W>
  IntValue<W::bits> FromBit(W, Bit bit) {
    if constexpr (W::bits == 64) return {ops_->Unary(Type::kI64, wasm::ExtendUInt32, bit.id)};
    return Cleaned(IntValue<W::bits>{bit.id});
  }
  template <class T>
  T Select(Bit bit, T a, T b) {
    if (ops_->IsConst(bit.id)) return ops_->At(bit.id).imm != 0 ? a : b;
    if (a.id == b.id) return a;
    Op op{OpCode::kSelect, ops_->At(a.id).type};
    const unsigned x = ops_->At(a.id).bits, y = ops_->At(b.id).bits;
    if (x != 0 && y != 0) op.bits = static_cast<uint8_t>(std::max(x, y));
    op.a = bit.id;
    op.b = a.id;
    op.c = b.id;
    return {ops_->Pure(op)};
  }

  // ---- arms ----
  template <class Then>
  void If(Bit bit, Then then) {
    If(bit, then, [] {});
  }
  template <class Then, class Else>
  void If(Bit bit, Then then, Else otherwise) {
    const FlagDescription before = flags_.now;
    ops_->If(bit.id, BlockOps::Arm::kEven);
    then();
    const bool then_writes = !(flags_.now == before);
    if (then_writes) flags_.Settle(*this);
    flags_.now = before;
    ops_->Else();
    otherwise();
    const bool else_writes = !(flags_.now == before);
    if (then_writes || else_writes) flags_.Settle(*this);
    ops_->End();
    // Both ways lead through the slots where one of them wrote flags.
    if (else_writes && !then_writes) unsupported_ = true;
    flags_.now = then_writes || else_writes ? FlagDescription{} : before;
  }
  /// `then` makes nothing but values: it comes first, and the rare other way replaces its value.
  template <class Then, class Else>
  auto Either(Bit bit, Then then, Else otherwise) -> decltype(then()) {
    const size_t size = ops_->ops().size();
    const auto first = then();
    for (size_t n = size; n < ops_->ops().size(); ++n) {
      if (IsRoot(ops_->ops()[n].code)) unsupported_ = true;  // it would happen either way
    }
    // A number's bits stay a number.
    const Op result = ops_->At(first.id);
    const bool is_f64 = result.code == OpCode::kUnary && result.sub == wasm::ReinterpretFloat64;
    const bool is_f32 = result.code == OpCode::kUnary && result.sub == wasm::ReinterpretFloat32;
    Op start{OpCode::kVar, is_f64 ? Type::kF64 : is_f32 ? Type::kF32 : result.type};
    start.a = is_f64 || is_f32 ? result.a : first.id;
    const OpId variable = ops_->Root(start);
    ops_->If(NotAll(bit).id, BlockOps::Arm::kRare);
    const auto second = otherwise();
    OpId other = second.id;
    if (is_f64) other = ops_->Unary(Type::kF64, wasm::ReinterpretInt64, other);
    if (is_f32) other = ops_->Unary(Type::kF32, wasm::ReinterpretInt32, other);
    SetVar(variable, other);
    ops_->End();
    if (is_f64) return {ops_->Unary(Type::kI64, wasm::ReinterpretFloat64, variable)};
    if (is_f32) return {ops_->Unary(Type::kI32, wasm::ReinterpretFloat32, variable)};
    return {variable};
  }
  template <class Condition, class Body>
  void Loop(Condition, Body) {
    unsupported_ = true;
  }
  template <class Result, class... Parameters, class... Arguments>
  auto Helper(Result (*function)(cpu::CpuState*, Parameters...), Arguments... arguments) {
    const HelperId id = FindHelper(reinterpret_cast<uintptr_t>(function));
    if (id == HelperId::kCount) unsupported_ = true;
    if constexpr (sizeof...(Arguments) <= 3 && !std::is_void_v<Result>) {
      Op op{OpCode::kCall, sizeof(Result) == 16  ? Type::kV128
                           : sizeof(Result) == 8 ? Type::kI64
                                                 : Type::kI32};
      op.sub = static_cast<uint16_t>(id);
      OpId ids[] = {arguments.id..., kNoOp, kNoOp, kNoOp};
      op.a = ids[0];
      op.b = ids[1];
      op.c = ids[2];
      if constexpr (sizeof(Result) == 16) {
        return VectorValue{ops_->Root(op)};
      } else {
        return IntValue<sizeof(Result) * 8>{ops_->Root(op)};
      }
    } else {
      unsupported_ = true;
      if constexpr (std::is_void_v<Result>) {
        return;
      } else if constexpr (sizeof(Result) == 16) {
        return VConst(0, 0);
      } else {
        return Const(Width<sizeof(Result) * 8>{}, 0);
      }
    }
  }

  // ---- state ----
  template <class W>
  Int<W::bits> GetReg(W, unsigned offset) {
    if (offset == decoder::kZeroOffset) {
      if constexpr (W::bits < 128) return Const(W{}, 0);
    }
    const SlotPlace place = PlaceOf(offset);
    if (place.slot == kNoSlot) return {ops_->StateLoad(offset, W::bytes)};
    const OpId whole = ops_->GetSlot(place.slot);
    if constexpr (W::bits == 128) {
      return {whole};
    } else if (place.slot >= kFirstVectorSlot) {
      return VExtract(semantics::Shape<W::bits, false>{}, place.byte / W::bytes,
                      VectorValue{whole});
    } else {
      IntValue<64> value{whole};
      if (place.byte != 0) value = ShrU(value, Const(Width<64>{}, place.byte * 8));
      return Truncate(W{}, value);
    }
  }
  /// Helpers may raise more of its sticky flags: nothing that is asked here gets wrong by that.
  IntValue<32> MxcsrModes() { return {ops_->GetSlot(kMxcsrSlot)}; }
  void SetMxcsr(IntValue<32>) { unsupported_ = true; }
  void SetReg(unsigned offset, VectorValue value) {
    const SlotPlace place = PlaceOf(offset);
    if (place.slot == kNoSlot) return ops_->StateStore(offset, 16, value.id);
    ops_->SetSlot(place.slot, value.id);
  }
  template <unsigned kBits>
  void SetReg(unsigned offset, IntValue<kBits> value) {
    const SlotPlace place = PlaceOf(offset);
    if (place.slot == kNoSlot) return ops_->StateStore(offset, kBits / 8, value.id);
    if (place.slot >= kFirstVectorSlot) {
      const VectorValue whole{ops_->GetSlot(place.slot)};
      const semantics::Shape<kBits, false> shape;
      return SetReg(offset - place.byte, VReplace(shape, place.byte / (kBits / 8), whole, value));
    }
    if constexpr (kBits == 64) {
      ops_->SetSlot(place.slot, value.id);
    } else {
      constexpr Width<64> w{};
      constexpr uint64_t mask = (uint64_t{1} << kBits) - 1;
      auto wide = ZeroExtend(w, value);
      if (place.byte != 0) wide = Shl(wide, Const(w, place.byte * 8));
      auto kept = And(IntValue<64>{ops_->GetSlot(place.slot)}, Const(w, ~(mask << place.byte * 8)));
      ops_->SetSlot(place.slot, Or(kept, wide).id);
    }
  }
  template <unsigned kBits>
  void SetGpr(unsigned offset, IntValue<kBits> value) {
    if constexpr (kBits == 32) {
      SetReg(offset, ZeroExtend(Width<64>{}, value));
    } else {
      SetReg(offset, value);
    }
  }
  void SetGpr(unsigned offset, VectorValue value) { SetReg(offset, value); }
  template <class W>
  Int<W::bits> Load(W, IntValue<64> address) {
    const Type type = W::bits == 128 ? Type::kV128 : IntType<W::bits>();
    if (!IsChecked(address.id, W::bytes)) {
      if constexpr (W::bits == 128)
        return VConst(0, 0);
      else
        return Const(W{}, 0);
    }
    return {ops_->Load(type, LoadKind(W::bytes, false), address.id, W::bytes)};
  }
  template <unsigned kBits>
  void Store(IntValue<64> address, IntValue<kBits> value) {
    if (IsChecked(address.id, kBits / 8)) ops_->Store(address.id, kBits / 8, AsNumber(value));
  }
  void Store(IntValue<64> address, VectorValue value) {
    if (IsChecked(address.id, 16)) ops_->Store(address.id, 16, value.id);
  }

  [[nodiscard]] bool Probe(IntValue<64> address, unsigned bytes, Access access) {
    // What lies below the stack must not be written by a recursion that got too deep.
    const bool pushes = insn_->mnemonic == decoder::Mnemonic::kCall && access == Access::kWrite;
    ops_->Check(address.id, bytes, access,
                pushes ? BlockOps::Exactness::kPushWindow : BlockOps::Exactness::kSpan,
                [&] { Leave(); });
    return true;
  }
  [[nodiscard]] bool RaiseIf(Bit bit, cpu::TrapKind) {
    if (ops_->IsConst(bit.id, 0)) return false;
    ops_->If(bit.id, BlockOps::Arm::kLeaves);
    Leave();
    ops_->End();
    return false;
  }
  /// Where a jump can't go on in translated code; the interpreter knows why.
  Bit MayBeNonCanonical(IntValue<64> address) {
    return {ops_->Binary(Type::kI32, wasm::GeUInt64, address.id,
                         ops_->Const(Type::kI64, cpu::kInterpret))};
  }
  bool Left() const { return false; }
  void Raise(cpu::TrapKind) { unsupported_ = true; }
  void RaiseBehind(cpu::TrapKind) { unsupported_ = true; }

  // ---- control ----
  void JumpDirect() {
    exit_.kind = BlockExit::Kind::kJump;
    CheckTarget();
  }
  void BranchDirect(Bit taken) {
    exit_ = {BlockExit::Kind::kBranch, {}, taken.id};
    CheckTarget();
  }
  void JumpIndirect(IntValue<64> address, semantics::JumpKind kind) {
    exit_ = {BlockExit::Kind::kIndirect, kind, address.id};
  }
  void Next() { exit_.kind = BlockExit::Kind::kNext; }

  // ---- the interpreter's ----
  void CallKernel() { unsupported_ = true; }
  IntValue<64> TimeStamp() {
    unsupported_ = true;
    return Const(Width<64>{}, 0);
  }
  void CpuidHelper() { unsupported_ = true; }

 private:
  /// Targets that no code can be at are the interpreter's.
  void CheckTarget() {
    if (static_cast<uint64_t>(insn_->immediate) >= cpu::kInterpret) unsupported_ = true;
  }
  /// An access whose check was in an arm, and doesn't hold any more, is the interpreter's.
  bool IsChecked(OpId address, unsigned bytes) {
    const bool checked = ops_->IsChecked(address, bytes);
    if (!checked) unsupported_ = true;
    return checked;
  }
  template <unsigned kBits>
  IntValue<kBits> Binary(uint16_t op32, uint16_t op64, IntValue<kBits> a, IntValue<kBits> b,
                         bool clean = false) {
    const OpId id = ops_->Binary(IntType<kBits>(), kBits == 64 ? op64 : op32, a.id, b.id);
    if constexpr (kBits < 32) {
      const unsigned x = ops_->At(a.id).bits, y = ops_->At(b.id).bits;
      if (clean) {
        ops_->LimitBits(id, kBits);
      } else if (op32 == wasm::AndInt32 && (x != 0 || y != 0)) {
        ops_->LimitBits(id, x == 0 ? y : y == 0 ? x : std::min(x, y));
      } else if ((op32 == wasm::OrInt32 || op32 == wasm::XorInt32) && x != 0 && y != 0) {
        ops_->LimitBits(id, std::max(x, y));
      }
    }
    return {id};
  }
  template <unsigned kBits>
  IntValue<kBits> Unary(uint16_t op32, uint16_t op64, IntValue<kBits> a) {
    return {ops_->Unary(IntType<kBits>(), kBits == 64 ? op64 : op32, a.id)};
  }
  IntValue<64> Divide(IntValue<64> a, IntValue<64> b) {
    return {ops_->Binary(Type::kI64, wasm::DivUInt64, a.id, b.id)};
  }
  /// The same number with nothing above its bits.
  template <unsigned kBits>
  IntValue<kBits> Clean(IntValue<kBits> a) {
    if constexpr (kBits >= 32) {
      return a;
    } else {
      const unsigned known = ops_->At(a.id).bits;
      if (known != 0 && known <= kBits) return a;
      const OpId mask = ops_->Const(Type::kI32, (uint64_t{1} << kBits) - 1);
      const OpId id = ops_->Binary(Type::kI32, wasm::AndInt32, a.id, mask);
      ops_->LimitBits(id, kBits);
      return {id};
    }
  }
  template <unsigned kBits>
  IntValue<kBits> Cleaned(IntValue<kBits> a) {
    if constexpr (kBits < 32) ops_->LimitBits(a.id, kBits);
    return a;
  }
  /// Its sign in all bits above.
  template <unsigned kBits>
  IntValue<kBits> Extended(IntValue<kBits> a) {
    if constexpr (kBits >= 32) {
      return a;
    } else {
      if (ops_->IsConst(a.id)) {
        const auto number = static_cast<uint32_t>(ops_->At(a.id).imm) << (32 - kBits);
        return {ops_->Const(Type::kI32,
                            static_cast<uint64_t>(static_cast<int32_t>(number) >> (32 - kBits)))};
      }
      const uint16_t op = kBits == 8 ? wasm::ExtendS8Int32 : wasm::ExtendS16Int32;
      return {ops_->Unary(Type::kI32, op, a.id)};
    }
  }
  /// What to store for these bits: where they are a number's, the number, from its own register.
  template <unsigned kBits>
  OpId AsNumber(IntValue<kBits> bits) {
    const Op& op = ops_->At(bits.id);
    const bool lowest = IsLaneOf(op, kBits) && op.imm == 0;
    if constexpr (kBits == 64) {
      if (IsNumbersBits(op) || lowest) return FFromBits(semantics::F64{}, bits).id;
    } else if constexpr (kBits == 32) {
      if (IsNumbersBits(op) || lowest) return FFromBits(semantics::F32{}, bits).id;
    }
    return bits.id;
  }
  template <unsigned kBits>
  IntValue<kBits> OtherWay(IntValue<kBits> count) {
    auto bits = Const(Width<kBits>{}, kBits);
    return And(Sub(bits, count), Const(Width<kBits>{}, 31));
  }
  void SetVar(OpId variable, OpId value) {
    Op op{OpCode::kSetVar};
    op.a = variable;
    op.b = value;
    ops_->Root(op);
  }
  /// Not, by its parts: a branch for each of them is better than computing the whole.
  Bit NotAll(Bit bit) {
    const Op op = ops_->At(bit.id);
    if (op.code != OpCode::kBinary || op.sub != wasm::AndInt32) return Not(bit);
    const Bit left = NotAll({op.a});
    return Or(left, NotAll({op.b}));
  }
  /// Whether a value is 0 or 1 by how it was made.
  bool IsTruth(OpId id) const {
    const Op& op = ops_->At(id);
    if (op.code == OpCode::kUnary) {
      return op.sub == wasm::EqZInt32 || op.sub == wasm::EqZInt64 || op.sub == wasm::AnyTrueVec128;
    }
    if (op.code != OpCode::kBinary || op.type != Type::kI32) return false;
    switch (op.sub) {
      case wasm::AndInt32:
      case wasm::OrInt32:
      case wasm::XorInt32:
        return IsTruth(op.a) && IsTruth(op.b);
      default:
        return op.sub >= wasm::EqInt32 &&
               !(op.sub >= wasm::AddInt64 && op.sub <= wasm::RotRInt64) &&
               op.sub <= wasm::GeFloat64;
    }
  }
  static bool Opposite(uint16_t op, uint16_t* opposite) {
    using namespace wasm;
    static constexpr BinaryOp kPairs[][2] = {
        {EqInt32, NeInt32},   {EqInt64, NeInt64},   {LtUInt32, GeUInt32},   {LtUInt64, GeUInt64},
        {LtSInt32, GeSInt32}, {LtSInt64, GeSInt64}, {LeUInt32, GtUInt32},   {LeUInt64, GtUInt64},
        {LeSInt32, GtSInt32}, {LeSInt64, GtSInt64}, {EqFloat32, NeFloat32}, {EqFloat64, NeFloat64}};
    for (const auto& pair : kPairs) {
      if (op == pair[0] || op == pair[1]) {
        *opposite = static_cast<uint16_t>(op == pair[0] ? pair[1] : pair[0]);
        return true;
      }
    }
    return false;
  }

  BlockOps* ops_;
  const decoder::GuestInsn* insn_ = nullptr;
  FlagStore flags_;
  BlockExit exit_;
  bool unsupported_ = false;
};

}  // namespace elfin::jit
