#include "jit/region/loops.h"

#include "jit/region/control_flow.h"

namespace elfin::jit {
namespace {

constexpr uint32_t kMaxLoopBlocks = 24;
constexpr uint32_t kMaxLoopInsns = 160;

const RegionBlock& BlockOf(const RegionGraph& graph, int block) {
  return graph.blocks[static_cast<size_t>(block)];
}

/// Finds the loop of a header: the blocks from which an edge back to it can be reached.
class LoopFinder {
 public:
  explicit LoopFinder(const RegionGraph& graph) : graph_(graph), before_(graph.blocks.size()) {
    for (size_t n = 0; n < graph.blocks.size(); ++n) {
      ForEachFlowTarget(graph.blocks[n], [&](int target) {
        if (target >= 0) before_[static_cast<size_t>(target)].push_back(static_cast<int>(n));
      });
    }
  }

  std::vector<Loop> Find(int header) const {
    const std::vector<bool> outside = ReachedWithout(header);
    std::vector<Loop> loops;
    std::vector<int> latches;
    for (int from : before_[static_cast<size_t>(header)]) {
      if (!outside[static_cast<size_t>(from)]) latches.push_back(from);
    }
    auto find = [&](const std::vector<int>& by) {
      Loop loop;
      if (FindBody(header, by, outside, &loop)) loops.push_back(std::move(loop));
    };
    find(latches);
    if (latches.size() > 1) {
      for (int latch : latches) find({latch});
    }
    return loops;
  }

 private:
  /// The blocks from which a latch can be reached without passing the header.
  bool FindBody(int header, const std::vector<int>& latches, const std::vector<bool>& outside,
                Loop* loop) const {
    std::vector<bool> inside(graph_.blocks.size(), false);
    std::vector<int> found{header};
    inside[static_cast<size_t>(header)] = true;
    uint32_t insns = 0;
    auto add = [&](int block) {
      if (outside[static_cast<size_t>(block)] || inside[static_cast<size_t>(block)]) return;
      inside[static_cast<size_t>(block)] = true;
      found.push_back(block);
    };
    for (int latch : latches) add(latch);
    for (size_t n = 0; n < found.size(); ++n) {
      const RegionBlock& block = BlockOf(graph_, found[n]);
      insns += block.insn_count;
      const bool plain = block.ending == Ending::kJump || block.ending == Ending::kBranch;
      if (!plain || found.size() > kMaxLoopBlocks || insns > kMaxLoopInsns) return false;
      if (n != 0 && (block.is_loop_header || block.is_entry)) return false;
      if (n == 0) continue;
      for (int from : before_[static_cast<size_t>(found[n])]) add(from);
    }
    loop->header = header;
    loop->insn_count = insns;
    Sort(inside, loop);
    return true;
  }

  /// The blocks that can be reached from the entries without passing the header.
  std::vector<bool> ReachedWithout(int header) const {
    std::vector<bool> reached(graph_.blocks.size(), false);
    std::vector<int> stack;
    auto reach = [&](int block) {
      if (block < 0 || block == header || reached[static_cast<size_t>(block)]) return;
      reached[static_cast<size_t>(block)] = true;
      stack.push_back(block);
    };
    for (size_t n = 0; n < graph_.blocks.size(); ++n) {
      if (graph_.blocks[n].is_entry) reach(static_cast<int>(n));
    }
    while (!stack.empty()) {
      const int block = stack.back();
      stack.pop_back();
      ForEachFlowTarget(BlockOf(graph_, block), reach);
    }
    return reached;
  }

  void Sort(const std::vector<bool>& inside, Loop* loop) const {
    std::vector<bool> seen(graph_.blocks.size(), false);
    std::vector<int> post_order;
    auto visit = [&](auto& self, int block) -> void {
      seen[static_cast<size_t>(block)] = true;
      ForEachFlowTarget(BlockOf(graph_, block), [&](int target) {
        if (target < 0 || !inside[static_cast<size_t>(target)]) return;
        if (!seen[static_cast<size_t>(target)]) self(self, target);
      });
      post_order.push_back(block);
    };
    visit(visit, loop->header);
    loop->blocks.assign(post_order.rbegin(), post_order.rend());
  }

  const RegionGraph& graph_;
  std::vector<std::vector<int>> before_;
};

}  // namespace

std::vector<std::vector<Loop>> InnermostLoops(const RegionGraph& graph) {
  std::vector<std::vector<Loop>> loops;
  const LoopFinder finder(graph);
  for (size_t n = 0; n < graph.blocks.size(); ++n) {
    if (graph.blocks[n].is_loop_header) loops.push_back(finder.Find(static_cast<int>(n)));
  }
  return loops;
}

}  // namespace elfin::jit
