#include "jit/region/shared_checks.h"

#include <algorithm>
#include <array>

#include <wasm.h>

#include "jit/region/access_checks.h"
#include "jit/region/dataflow.h"
#include "runtime/cpu/translated_code.h"

namespace elfin::jit {
namespace {

constexpr size_t kRegisters = kFirstVectorSlot;
constexpr int64_t kMaxDistance = int64_t{1} << 32;
constexpr int kMaxVisits = 3;

/// Bytes [low, end), reckoned from an address; none where end <= low.
struct Reach {
  int64_t low = 0, end = 0;

  bool Any() const { return low < end; }
  bool Covers(const AccessCheck& check, int64_t offset) const {
    return Any() && low <= offset + check.low && offset + check.end <= end;
  }
  bool operator==(const Reach&) const = default;
};

/// Of the addresses in all general registers.
using Reaches = std::array<Reach, kRegisters>;

Reach Shifted(const Reach& reach, int64_t by) {
  const bool near = by < kMaxDistance && by > -kMaxDistance;
  return near && reach.Any() ? Reach{reach.low + by, reach.end + by} : Reach{};
}

/// Both hold.
Reach Joined(const Reach& a, const Reach& b) {
  if (!a.Any()) return b;
  if (!b.Any()) return a;
  // Of two apart from each other, the later.
  if (a.end < b.low || b.end < a.low) return b;
  return {std::min(a.low, b.low), std::max(a.end, b.end)};
}

/// One of them holds.
Reach Common(const Reach& a, const Reach& b) {
  return {std::max(a.low, b.low), std::min(a.end, b.end)};
}

/// root + offset. Roots: operations, and below zero the registers where the block begins.
struct Address {
  int root = 0;
  int64_t offset = 0;
};
constexpr int RootOf(Slot slot) { return -2 - slot; }

/// A block as far as checks and registers go.
class BlockReach {
 public:
  explicit BlockReach(const RegionBlock& block) : checks_(AccessChecksOf(block)) {
    for (Slot slot = 0; slot < kRegisters; ++slot) at_end_[slot] = {RootOf(slot), 0};
    std::vector<Address> values;
    values.reserve(block.ops.size());
    size_t next = 0;
    for (size_t n = 0; n < block.ops.size(); ++n) {
      const Op& op = block.ops[n];
      values.push_back({static_cast<int>(n), 0});
      if (op.code == OpCode::kGetSlot && op.sub < kRegisters) {
        values.back() = at_end_[op.sub];
      } else if (op.code == OpCode::kBinary && op.sub == wasm::AddInt64 &&
                 block.ops[static_cast<size_t>(op.b)].code == OpCode::kConst) {
        const auto number = static_cast<int64_t>(block.ops[static_cast<size_t>(op.b)].imm);
        const Address& sum = values[static_cast<size_t>(op.a)];
        const bool near = number < kMaxDistance && number > -kMaxDistance;
        if (near) values.back() = {sum.root, sum.offset + number};
      } else if (op.code == OpCode::kSetSlot && op.sub < kRegisters && !op.cold) {
        at_end_[op.sub] = op.scope == 0 ? values[static_cast<size_t>(op.a)] : values.back();
      }
      if (next < checks_.size() && checks_[next].branch == static_cast<OpId>(n)) {
        bases_.push_back(values[static_cast<size_t>(checks_[next].base)]);
        // In an arm it may happen or not.
        always_.push_back(op.scope == 0);
        ++next;
      }
    }
  }

  Reaches AtEnd(const Reaches& at_begin) const {
    Reaches result;
    for (Slot slot = 0; slot < kRegisters; ++slot) {
      const Address& address = at_end_[slot];
      result[slot] = Shifted(Of(address.root, at_begin, checks_.size()), -address.offset);
    }
    return result;
  }

  void RemoveChecks(const Reaches& at_begin, RegionBlock* block) const {
    for (size_t n = 0; n < checks_.size(); ++n) {
      if (Of(bases_[n].root, at_begin, n).Covers(checks_[n], bases_[n].offset)) {
        RemoveCheck(checks_[n], block);
      }
    }
  }

 private:
  /// What is known of a root behind the first `count` checks.
  Reach Of(int root, const Reaches& at_begin, size_t count) const {
    Reach reach;
    if (root <= RootOf(0)) reach = at_begin[static_cast<size_t>(RootOf(0) - root)];
    for (size_t n = 0; n < count; ++n) {
      if (bases_[n].root != root || !always_[n]) continue;
      const int64_t low = bases_[n].offset + checks_[n].low;
      reach = Joined(reach, {low, low + cpu::kSpanSlack});
    }
    return reach;
  }

  std::vector<AccessCheck> checks_;
  std::vector<Address> bases_;
  std::vector<bool> always_;
  std::array<Address, kRegisters> at_end_;
};

}  // namespace

void ShareChecks(RegionGraph* graph) {
  if (graph->page_checks) return;
  auto& blocks = graph->blocks;
  std::vector<BlockReach> reaches;
  reaches.reserve(blocks.size());
  for (const RegionBlock& block : blocks) reaches.emplace_back(block);

  // Forward: less and less is known, until nothing changes.
  std::vector<Reaches> at_begin(blocks.size());
  std::vector<int> visits(blocks.size(), 0);
  std::vector<size_t> work;
  auto lead_to = [&](size_t to, const Reaches& from) {
    Reaches merged = from;
    if (visits[to] != 0) {
      for (size_t n = 0; n < kRegisters; ++n) {
        const Reach before = at_begin[to][n];
        merged[n] = Common(from[n], before);
        // What a loop makes smaller and smaller is nothing in the end.
        if (visits[to] > kMaxVisits && merged[n] != before) merged[n] = {};
      }
      if (merged == at_begin[to]) return;
    }
    ++visits[to];
    at_begin[to] = merged;
    work.push_back(to);
  };
  for (size_t n = 0; n < blocks.size(); ++n) {
    if (blocks[n].is_entry) lead_to(n, {});
    const bool calls =
        blocks[n].ending == Ending::kCall || blocks[n].ending == Ending::kIndirectCall;
    if (calls && blocks[n].fallthrough.block >= 0) {
      lead_to(static_cast<size_t>(blocks[n].fallthrough.block), {});
    }
  }
  while (!work.empty()) {
    const size_t n = work.back();
    work.pop_back();
    const Reaches at_end = reaches[n].AtEnd(at_begin[n]);
    ForEachEdge(blocks[n], [&](const Target& target) {
      if (target.block >= 0) lead_to(static_cast<size_t>(target.block), at_end);
    });
    if (const int guard = GuardBehind(*graph, blocks[n]); guard >= 0) {
      lead_to(static_cast<size_t>(guard), at_end);
    }
  }
  for (size_t n = 0; n < blocks.size(); ++n) {
    if (visits[n] != 0) reaches[n].RemoveChecks(at_begin[n], &blocks[n]);
  }
}

}  // namespace elfin::jit
