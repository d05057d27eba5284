#include "jit/region/unchecked_loops.h"

#include <algorithm>

#include <wasm.h>

#include "jit/emit/block_ops.h"
#include "jit/region/loop_checks.h"
#include "jit/region/loops.h"
#include "runtime/address_map.h"

namespace elfin::jit {
namespace {

/// Loops of so many guest instructions have several turns in the copy, one behind the other: one
/// look at the budget for all of them.
constexpr uint32_t kMaxUnrolledInsns = 40;
constexpr int kMaxTurnsInCopy = 4;
/// Loops of so many guest instructions have their first turn in front of the guard: many a loop
/// ends in it.
constexpr uint32_t kMaxPeeledInsns = 16;

int TurnsInCopy(const Loop& loop) {
  int turns = kMaxTurnsInCopy;
  while (turns > 1 && loop.insn_count * static_cast<uint32_t>(turns) > kMaxUnrolledInsns) --turns;
  return turns;
}

/// A sum of slots and a number, as an operation.
OpId BuildForm(BlockOps* ops, const LinearForm& form, int64_t number) {
  OpId sum = kNoOp;
  for (unsigned n = 0; n < form.count; ++n) {
    OpId term = ops->GetSlot(form.terms[n].slot);
    const int64_t factor = form.terms[n].factor;
    if (factor != 1) {
      term = ops->Binary(Type::kI64, wasm::MulInt64, term,
                         ops->Const(Type::kI64, static_cast<uint64_t>(factor)));
    }
    sum = sum == kNoOp ? term : ops->Binary(Type::kI64, wasm::AddInt64, sum, term);
  }
  const OpId constant = ops->Const(Type::kI64, static_cast<uint64_t>(number));
  return sum == kNoOp ? constant : ops->Binary(Type::kI64, wasm::AddInt64, sum, constant);
}

/// How far the tests of guest memory reach at most.
uint64_t WidestReach(const std::vector<LoopTest>& tests) {
  uint64_t widest = 0;
  for (const LoopTest& test : tests) {
    if (test.limit != 0) continue;
    widest = std::max(widest, static_cast<uint64_t>(test.form.high - test.form.low));
  }
  return widest;
}

/// Whether any of the tests fails.
OpId BuildTests(BlockOps* ops, const std::vector<LoopTest>& tests) {
  OpId span = ops->Pure({OpCode::kSpan, Type::kI64});
  OpId failed = kNoOp;
  auto fails_if = [&](OpId bit) {
    failed = failed == kNoOp ? bit : ops->Binary(Type::kI32, wasm::OrInt32, failed, bit);
  };
  // One comparison for both ends of each. As in a block, a few bytes more need no test of their own
  // (kSpanSlack).
  if (const uint64_t reach = WidestReach(tests); reach >= 16) {
    const OpId width = ops->Const(Type::kI64, reach);
    fails_if(ops->Binary(Type::kI32, wasm::LeUInt64, span, width));
    span = ops->Binary(Type::kI64, wasm::SubInt64, span, width);
  }
  for (const LoopTest& test : tests) {
    const int64_t low = test.form.low, high = test.form.high;
    if (test.limit != 0) {
      // A width that doesn't fit makes the test fail always.
      const auto width = static_cast<uint64_t>(high - low);
      const uint64_t limit = width < test.limit ? test.limit - width : 0;
      fails_if(ops->Binary(Type::kI32, wasm::GeUInt64, BuildForm(ops, test.form, low),
                           ops->Const(Type::kI64, limit)));
      continue;
    }
    constexpr auto kBias = static_cast<int64_t>(kGuestBegin);
    fails_if(ops->Binary(Type::kI32, wasm::GeUInt64, BuildForm(ops, test.form, low - kBias), span));
  }
  return failed;
}

/// Writes one loop's guard and copy.
class GuardWriter {
 public:
  GuardWriter(RegionGraph* graph, const Loop& loop, const LoopChecks& checks, int turns)
      : blocks_(graph->blocks),
        loop_(loop),
        checks_(checks),
        turns_(turns),
        place_(blocks_.size(), -1),
        first_copy_(static_cast<int>(blocks_.size())),
        guard_(CopyOf(0, turns)),
        first_turn_(loop.insn_count <= kMaxPeeledInsns ? guard_ + 1 : -1) {
    for (size_t n = 0; n < loop.blocks.size(); ++n) {
      place_[static_cast<size_t>(loop.blocks[n])] = static_cast<int>(n);
    }
    if (graph->entry_block == loop.header) graph->entry_block = Beginning();
  }

  void Write() {
    const RegionBlock guard = MakeGuard();
    std::vector<RegionBlock> first_turn = MakeFirstTurn();
    LeadToBeginning();
    for (int turn = 0; turn < turns_; ++turn) {
      for (size_t n = 0; n < loop_.blocks.size(); ++n) blocks_.push_back(MakeCopy(n, turn));
    }
    blocks_.push_back(guard);
    blocks_.insert(blocks_.end(), first_turn.begin(), first_turn.end());
  }

 private:
  int CopyOf(int place, int turn) const {
    return first_copy_ + turn * static_cast<int>(loop_.blocks.size()) + place;
  }

  /// Where those who come from outside begin.
  int Beginning() const { return first_turn_ >= 0 ? first_turn_ : guard_; }

  RegionBlock MakeGuard() const {
    RegionBlock guard;
    const RegionBlock& header = blocks_[static_cast<size_t>(loop_.header)];
    guard.address = header.address;
    guard.is_loop_header = true;
    if (first_turn_ < 0) {
      guard.is_entry = header.is_entry;
      guard.is_switch_entry = header.is_switch_entry;
    }
    guard.stretch = checks_.stretch;
    BlockOps ops(false);
    guard.value = BuildTests(&ops, checks_.tests);
    guard.ops = ops.TakeOps();
    guard.ending = Ending::kBranch;
    guard.taken = {guard.address, loop_.header};
    guard.fallthrough = {guard.address, CopyOf(0, 0)};
    return guard;
  }

  /// The loop once more, with its checks; what goes round goes to the guard.
  std::vector<RegionBlock> MakeFirstTurn() const {
    std::vector<RegionBlock> turn;
    if (first_turn_ < 0) return turn;
    for (const int block : loop_.blocks) {
      RegionBlock copy = blocks_[static_cast<size_t>(block)];
      for (Target* target : {&copy.taken, &copy.fallthrough}) {
        const int place = target->block < 0 ? -1 : place_[static_cast<size_t>(target->block)];
        if (place == 0) target->block = guard_;
        if (place > 0) target->block = first_turn_ + place;
      }
      turn.push_back(std::move(copy));
    }
    turn[0].is_loop_header = false;
    return turn;
  }

  void LeadToBeginning() {
    RegionBlock& header = blocks_[static_cast<size_t>(loop_.header)];
    header.is_entry = header.is_switch_entry = false;
    for (size_t n = 0; n < blocks_.size(); ++n) {
      if (place_[n] >= 0) continue;
      for (Target* target : {&blocks_[n].taken, &blocks_[n].fallthrough}) {
        if (target->block == loop_.header) target->block = Beginning();
      }
      for (Target& target : blocks_[n].targets) {
        if (target.block == loop_.header) target.block = Beginning();
      }
    }
  }

  RegionBlock MakeCopy(size_t n, int turn) const {
    RegionBlock copy = blocks_[static_cast<size_t>(loop_.blocks[n])];
    for (Target* target : {&copy.taken, &copy.fallthrough}) {
      const int place = target->block < 0 ? -1 : place_[static_cast<size_t>(target->block)];
      if (place < 0) continue;
      target->block = CopyOf(place, place == 0 ? (turn + 1) % turns_ : turn);
    }
    for (const LoopCheck& check : checks_.checks) {
      if (check.block == n) RemoveCheck(check.access, &copy);
    }
    if (n != 0) return copy;
    copy.is_loop_header = turn == 0;
    if (turn == 0) copy.guard = guard_;
    return copy;
  }

  std::vector<RegionBlock>& blocks_;
  const Loop& loop_;
  const LoopChecks& checks_;
  const int turns_;
  std::vector<int> place_;  // of the graph's blocks in the loop; -1: not in it
  const int first_copy_, guard_;
  const int first_turn_;  // -1: there is none
};

}  // namespace

void AddUncheckedLoops(RegionGraph* graph) {
  if (graph->page_checks) return;
  for (const std::vector<Loop>& loops : InnermostLoops(*graph)) {
    const Loop* best = nullptr;
    LoopChecks best_checks;
    for (const Loop& loop : loops) {
      LoopChecks checks;
      // The budget is looked at when the copy's turns are done, and may have been all but spent.
      if (!AnalyzeLoopChecks(*graph, loop, 2 * TurnsInCopy(loop), &checks)) continue;
      if (best != nullptr && checks.checks.size() <= best_checks.checks.size()) continue;
      best = &loop;
      best_checks = std::move(checks);
    }
    if (best != nullptr) GuardWriter(graph, *best, best_checks, TurnsInCopy(*best)).Write();
  }
}

}  // namespace elfin::jit
