#include "jit/region/op_uses.h"

#include <algorithm>

#include "jit/emit/block_ops.h"
#include "jit/region/dataflow.h"

namespace elfin::jit {
namespace {

/// Slots whose contents at the block's end matter to somebody.
SlotSet ObservedAtEnd(const RegionBlock& block, bool leaves) {
  SlotSet observed = block.live_out | block.live_rare;
  if (leaves) observed |= block.dirty_end;
  if (block.end_flags.left != kNoOp) observed &= ~kFlagSlots;
  return observed;
}

/// The values that the flag slots get: on ways that go on, and on those that leave.
void CountEndFlags(const RegionBlock& block, bool leaves, std::vector<OpUse>* uses) {
  if (block.end_flags.left == kNoOp) return;
  const bool leaves_for_good = !GoesOnByEdges(block) && block.ending != Ending::kInterpret;
  for (OpId id : {block.end_flags.left, block.end_flags.right}) {
    OpUse& use = (*uses)[static_cast<size_t>(id)];
    if ((block.live_out & kFlagSlots) != 0) use.hot = static_cast<uint16_t>(use.hot + 2);
    if (leaves_for_good) ++use.hot;
    if (leaves && !leaves_for_good) use.cold = static_cast<uint16_t>(use.cold + 2);
    use.last = static_cast<int>(block.ops.size());
  }
}

}  // namespace

std::vector<OpUse> AnalyzeUses(const RegionGraph& graph, const RegionBlock& block) {
  const std::vector<Op>& ops = block.ops;
  std::vector<OpUse> uses(ops.size());
  const int end = static_cast<int>(ops.size());
  if (block.value != kNoOp) {
    OpUse& use = uses[static_cast<size_t>(block.value)];
    ++use.hot;
    use.last = end;
  }
  const bool leaves = LeavesAtEnd(graph, block);
  CountEndFlags(block, leaves, &uses);
  SlotSet overwritten = ~ObservedAtEnd(block, leaves);
  int leave = end;  // the next one
  for (size_t n = ops.size(); n-- > 0;) {
    const Op& op = ops[n];
    OpUse& use = uses[n];
    int last = static_cast<int>(n);
    bool as_cold = op.cold;
    switch (op.code) {
      case OpCode::kSetSlot:
        if (op.scope == 0) {
          use.dead = (overwritten & SlotBit(op.sub)) != 0;
          overwritten |= SlotBit(op.sub);
        }
        if (op.cold) last = leave;  // a cold arm's sets happen together, where it leaves
        break;
      case OpCode::kGetSlot:
        if (use.hot + use.cold != 0) overwritten &= ~SlotBit(op.sub);
        break;
      case OpCode::kLeave:
        leave = last;
        overwritten = 0;
        break;
      case OpCode::kElse:
        overwritten = 0;
        break;
      case OpCode::kIf:
        if (op.sub != static_cast<uint16_t>(BlockOps::Arm::kLeaves)) overwritten = 0;
        break;
      case OpCode::kNothing:
        use.dead = true;
        break;
      case OpCode::kEnd:
        overwritten = 0;
        break;
      default:
        break;
    }
    if (!IsRoot(op.code)) {
      use.dead = use.hot + use.cold == 0;
      last = use.last;
      // Wanted in cold arms alone: built there. What is read has to be read here.
      as_cold = use.hot == 0 && IsPure(op.code);
      if (IsRead(op.code) && use.hot == 0) use.hot = use.cold;
    }
    if (use.dead) continue;
    ForEachOperand(op, [&](OpId operand) {
      OpUse& other = uses[static_cast<size_t>(operand)];
      ++(as_cold ? other.cold : other.hot);
      other.last = std::max(other.last, last);
    });
  }
  return uses;
}

}  // namespace elfin::jit
