#include "jit/region/loop_checks.h"

#include <algorithm>
#include <bit>

#include <wasm.h>

#include "jit/region/control_flow.h"

namespace elfin::jit {
namespace {

constexpr size_t kMaxTests = 12;
/// A stretch's guest instructions, at most; how far one may carry a pointer; how many turns make
/// one worth while.
constexpr int64_t kStretchInsns = 4000;
constexpr int64_t kMaxReach = 0x4'0000;
constexpr int64_t kMinTurns = 16;
/// Turns of a stretch where a pointer steps by what a register holds, and that step's bound.
constexpr int64_t kTurnsOfUnknownStep = 32;
constexpr uint64_t kMaxUnknownStep = 1 << 24;

const RegionBlock& BlockOf(const RegionGraph& graph, int block) {
  return graph.blocks[static_cast<size_t>(block)];
}

class LoopAnalysis {
 public:
  LoopAnalysis(const RegionGraph& graph, const Loop& loop, int64_t more_turns, LoopChecks* result)
      : graph_(graph),
        loop_(loop),
        more_turns_(more_turns),
        checks_(result->checks),
        tests_(result->tests),
        stretch_(result->stretch) {}

  bool Run() {
    Evaluate();
    if (min_insns_ <= 0) return false;
    CollectChecks();
    return !checks_.empty() && MakeTests();
  }

 private:
  void Evaluate() {
    const size_t count = loop_.blocks.size();
    std::vector<int> place(graph_.blocks.size(), -1);
    for (size_t n = 0; n < count; ++n)
      place[static_cast<size_t>(loop_.blocks[n])] = static_cast<int>(n);
    std::vector<SlotForms> at_begin(count);
    std::vector<int64_t> insns(count, -1);
    for (Slot slot = 0; slot < kFirstVectorSlot; ++slot) at_begin[0][slot] = SlotForm(slot);
    insns[0] = 0;
    bool went_round = false;
    for (size_t n = 0; n < count; ++n) {
      const RegionBlock& block = BlockOf(graph_, loop_.blocks[n]);
      SlotForms slots = at_begin[n];
      values_.push_back(forms_.Evaluate(block, &slots));
      const int64_t after = insns[n] + block.insn_count;
      ForEachFlowTarget(block, [&](int target) {
        const int to = target < 0 ? -1 : place[static_cast<size_t>(target)];
        if (to < 0) return;
        SlotForms& forms = to == 0 ? at_end_ : at_begin[static_cast<size_t>(to)];
        int64_t& least = to == 0 ? min_insns_ : insns[static_cast<size_t>(to)];
        const bool first = to == 0 ? !went_round : least < 0;
        if (first) {
          forms = slots;
          least = after;
        } else {
          for (Slot slot = 0; slot < kSlotCount; ++slot) {
            forms[slot] = Either(forms[slot], slots[slot]);
          }
          least = std::min(least, after);
        }
        went_round |= to == 0;
      });
    }
  }

  /// What a turn adds to the slot.
  LinearForm StepOf(Slot slot) const {
    LinearForm step = Sum(at_end_[slot], Product(SlotForm(slot), -1));
    if (!step.known || step.count > 1) return {};
    if (step.count == 1) {
      // By a register's contents: they must stay as they are.
      const Slot other = step.terms[0].slot;
      if (other == slot) return {};
      const LinearForm by = Sum(at_end_[other], Product(SlotForm(other), -1));
      if (!by.known || by.count != 0 || by.low != 0 || by.high != 0) return {};
      step.needs |= by.needs;
    }
    return step;
  }

  /// What a turn adds to the form.
  LinearForm StepOf(const LinearForm& form) const {
    LinearForm step = NumberForm(0, 0);
    for (unsigned n = 0; n < form.count; ++n) {
      step = Sum(step, Product(StepOf(form.terms[n].slot), form.terms[n].factor));
    }
    if (step.count > 1) return {};
    return step;
  }

  void CollectChecks() {
    for (size_t n = 0; n < loop_.blocks.size(); ++n) {
      for (const AccessCheck& access : AccessChecksOf(BlockOf(graph_, loop_.blocks[n]))) {
        const LinearForm& base = values_[n][static_cast<size_t>(access.base)];
        const LoopCheck check{n, access, Sum(base, NumberForm(access.low, access.end - 1))};
        uint64_t seen = 0;
        if (check.form.known && IsFollowed(check.form, &seen)) checks_.push_back(check);
      }
    }
  }

  /// Whether it is known how the form changes from turn to turn, and all that this needs.
  bool IsFollowed(const LinearForm& form, uint64_t* seen) const {
    const LinearForm step = StepOf(form);
    if (!step.known) return false;
    for (uint64_t needs = (form.needs | step.needs) & ~*seen; needs != 0; needs &= needs - 1) {
      const int number = std::countr_zero(needs);
      *seen |= uint64_t{1} << number;
      if (!IsFollowed(forms_.needs()[static_cast<size_t>(number)].form, seen)) return false;
    }
    return true;
  }

  /// The length of a stretch, then the tests of all checks and of what their forms need.
  bool MakeTests() {
    uint64_t needed = 0;
    turns_ = kStretchInsns / min_insns_ + more_turns_;
    auto take = [&](const LinearForm& form) {
      const LinearForm step = StepOf(form);
      needed |= form.needs | step.needs;
      const int64_t most = std::max(step.high, -step.low);
      if (most > 0) turns_ = std::min(turns_, kMaxReach / most);
      if (step.count != 0) turns_ = std::min(turns_, kTurnsOfUnknownStep);
    };
    for (const LoopCheck& check : checks_) take(check.form);
    uint64_t taken = 0;
    while (needed != taken) {
      const auto number = static_cast<size_t>(std::countr_zero(needed & ~taken));
      taken |= uint64_t{1} << number;
      take(forms_.needs()[number].form);
    }
    if (turns_ < kMinTurns + more_turns_) return false;
    stretch_ = (turns_ - more_turns_) * min_insns_;
    for (const LoopCheck& check : checks_) AddTests(check.form, 0);
    for (; taken != 0; taken &= taken - 1) {
      const LoopForms::Need& need = forms_.needs()[static_cast<size_t>(std::countr_zero(taken))];
      AddTests(need.form, need.limit);
    }
    return tests_.size() <= kMaxTests;
  }

  /// For the form in all turns of a stretch.
  void AddTests(LinearForm form, uint64_t limit) {
    const LinearForm step = StepOf(form);
    form.low += turns_ * std::min<int64_t>(0, step.low);
    form.high += turns_ * std::max<int64_t>(0, step.high);
    AddTest(form, limit);
    if (step.count == 0) return;
    LinearForm way = step;
    way.low = way.high = 0;
    AddTest(Sum(form, Product(way, turns_)), limit);
    AddTest(SlotForm(step.terms[0].slot), kMaxUnknownStep);
  }

  void AddTest(const LinearForm& form, uint64_t limit) {
    for (LoopTest& test : tests_) {
      if (test.limit != limit || !test.form.SameTerms(form)) continue;
      const int64_t low = std::min(test.form.low, form.low);
      const int64_t high = std::max(test.form.high, form.high);
      if (high - low > 2 * kMaxReach && limit == 0) continue;
      test.form.low = low;
      test.form.high = high;
      return;
    }
    tests_.push_back({form, limit});
  }

  const RegionGraph& graph_;
  const Loop& loop_;
  LoopForms forms_;
  std::vector<std::vector<LinearForm>> values_;  // of each block's operations
  SlotForms at_end_;                             // of a turn
  int64_t min_insns_ = 0;                        // of a turn
  int64_t turns_ = 0;                            // of a stretch, at most
  const int64_t more_turns_;
  std::vector<LoopCheck>& checks_;
  std::vector<LoopTest>& tests_;
  int64_t& stretch_;
};

}  // namespace

bool AnalyzeLoopChecks(const RegionGraph& graph, const Loop& loop, int64_t more_turns,
                       LoopChecks* result) {
  return LoopAnalysis(graph, loop, more_turns, result).Run();
}

}  // namespace elfin::jit
