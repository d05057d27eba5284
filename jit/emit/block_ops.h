// BlockOps: the list of a block's operations while it grows. Folds constants, shares what was
// computed before, knows what each slot holds, and shares the checks of memory accesses.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "jit/emit/cpu_functions.h"
#include "jit/emit/op.h"
#include "jit/semantics/machine.h"

namespace elfin::jit {

class BlockOps {
 public:
  /// page_checks: every access looks at its page (RegionOptions::kPageChecks).
  explicit BlockOps(bool page_checks) : page_checks_(page_checks) { slot_value_.fill(kNoOp); }

  const std::vector<Op>& ops() const { return ops_; }
  std::vector<Op> TakeOps() { return std::move(ops_); }
  const Op& At(OpId id) const { return ops_[static_cast<size_t>(id)]; }

  OpId Const(Type type, uint64_t number);
  OpId VectorConst(uint64_t low, uint64_t high);
  OpId Unary(Type type, uint16_t op, OpId a);
  OpId Binary(Type type, uint16_t op, OpId a, OpId b);
  /// Any pure operation; the same one is found again.
  OpId Pure(const Op& op);
  OpId Root(const Op& op);

  OpId GetSlot(Slot slot);
  void SetSlot(Slot slot, OpId value);
  OpId StateLoad(unsigned offset, unsigned bytes);
  void StateStore(unsigned offset, unsigned bytes, OpId value);

  /// An If's first arm begins. What Op::sub says of it: nothing, that it ends in Leave (a cold
  /// arm), that it is rarely taken.
  enum class Arm : uint8_t { kEven, kLeaves, kRare };
  void If(OpId condition, Arm arm);
  void Else();
  void End();

  /// What was tested before and isn't any more: where it didn't hold, the block was left.
  bool Holds(OpId condition) const;
  void NoteHolds(OpId condition) {
    if (arms_.empty()) holds_.push_back(condition);
  }

  /// How an access is checked: by the span; a call's push by the push window (its pages'
  /// permissions). A process that checks pages looks at the page's permissions in both.
  enum class Exactness : uint8_t { kSpan, kPushWindow };

  /// Emits the check that [address, address + bytes) may be accessed, unless one before covers it.
  /// Where it fails, leave() appends the way out.
  template <class LeaveFunction>
  void Check(OpId address, unsigned bytes, semantics::Access access, Exactness exactness,
             LeaveFunction leave) {
    const OpId failed = CheckCondition(address, bytes, access, exactness);
    if (failed == kNoOp) return;
    If(failed, Arm::kLeaves);
    leave();
    End();
  }
  bool IsChecked(OpId address, unsigned bytes);
  /// Accesses at a checked address. kind: LoadKind.
  OpId Load(Type type, uint16_t kind, OpId address, unsigned bytes);
  /// The load, just appended, once more as another type of value (V128: zeros above).
  OpId LoadAs(Type type, OpId load);
  void Store(OpId address, unsigned bytes, OpId value);

  bool IsConst(OpId id) const { return At(id).code == OpCode::kConst; }
  bool IsConst(OpId id, uint64_t number) const { return IsConst(id) && At(id).imm == number; }

  /// Says that an I32 has no ones from `bits` on.
  void LimitBits(OpId id, unsigned bits) {
    ops_[static_cast<size_t>(id)].bits = static_cast<uint8_t>(bits);
  }

  /// What an instruction can be taken back to: a copy of everything but the list.
  struct Mark {
    size_t size;
    std::array<OpId, kSlotCount> slot_value;
    size_t checks;
    size_t holds;
  };
  Mark Here() const { return {ops_.size(), slot_value_, checks_.size(), holds_.size()}; }
  void TakeBack(const Mark& mark);

 private:
  struct Check_ {
    OpId base;     // the address without its displacement
    OpId op;       // the kCheckedBase; its imm is the lowest displacement
    int64_t low;   // the lowest displacement that is checked
    int64_t high;  // behind the highest byte that relies on it
    uint32_t scope;
  };
  struct OpenArm {
    uint32_t scope;
    std::array<OpId, kSlotCount> before;
    SlotSet set = 0;
    size_t checks;
    bool cold;
  };

  OpId Append(const Op& op);
  OpId CheckCondition(OpId address, unsigned bytes, semantics::Access access, Exactness exactness);
  OpId IsOutsidePushWindow(OpId address);
  /// address = base + displacement.
  void Split(OpId address, OpId* base, int64_t* displacement) const;
  Check_* FindCheck(OpId base, int64_t displacement, unsigned bytes);
  bool InScope(uint32_t scope) const;

  static constexpr size_t kShareSize = 1024;
  std::vector<Op> ops_;
  std::vector<int32_t> share_ = std::vector<int32_t>(kShareSize, kNoOp);
  std::array<OpId, kSlotCount> slot_value_;
  std::vector<Check_> checks_;
  std::vector<OpId> holds_;
  std::vector<OpenArm> arms_;
  uint32_t scope_ = 0;
  uint32_t next_scope_ = 1;
  bool page_checks_;
};

/// How a load makes a value of its bytes.
constexpr uint16_t LoadKind(unsigned bytes, bool is_signed) {
  return static_cast<uint16_t>(bytes | (is_signed ? 0x100u : 0u));
}

}  // namespace elfin::jit
