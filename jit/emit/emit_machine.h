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
#include "jit/emit/integer_builder.h"
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

class EmitMachine : public IntegerBuilder<EmitMachine>, public VectorBuilder<EmitMachine> {
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
  const BlockOps& ops() const { return *ops_; }
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
  BlockOps* ops_;
  const decoder::GuestInsn* insn_ = nullptr;
  FlagStore flags_;
  BlockExit exit_;
  bool unsupported_ = false;
};

}  // namespace elfin::jit
