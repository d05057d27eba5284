// The region's control flow made reducible, so that WebAssembly's blocks and loops can say it.
//
// Nodes are the blocks, and dispatch nodes: where a cycle can be entered at more than one place (by
// the region's further entries, or because the guest jumps so), a dispatch node in front of it is
// its only entrance and goes on by a label variable.
//
//   root ─▶ entries            a cycle {h, a, b} that is entered at h and at b:
//                              others ─label := b─▶ dispatch ─label = 0─▶ h ─▶ a ─▶ b ─▶ dispatch
//                                                      └──────label = b─────────▶ b
#pragma once

#include <cstdint>
#include <vector>

#include "jit/region/region_graph.h"

namespace elfin::jit {

struct FlowNode {
  int block = -1;  // -1: the root or a dispatch node
  /// Successors; of a block in the order taken, fallthrough, targets (those in the region), of a
  /// dispatch node the default first. Edges behind calls are successors as well; where a block ends
  /// a turn of an unchecked loop, the last one leads to its guard.
  struct Edge {
    int node = -1;          // where it goes
    int final = -1;         // the block that it is meant for
    bool labelled = false;  // says the block by the label variable
  };
  std::vector<Edge> edges;

  // By AnalyzeFlow; nodes that can't be reached have order -1.
  int order = -1;      // reverse post-order
  int dominator = -1;  // immediate
  bool is_loop = false;
  bool is_merge = false;      // several forward edges lead here
  std::vector<int> children;  // of the dominator tree, by descending order
};

struct Flow {
  std::vector<FlowNode> nodes;  // blocks first, by number; the root is the last of the first
                                // blocks.size() + 1
  int root = -1;
};

/// All the ways from a block to blocks of the region, also behind a call.
template <class Action>
void ForEachFlowTarget(const RegionBlock& block, Action action) {
  switch (block.ending) {
    case Ending::kJump:
      action(block.taken.block);
      break;
    case Ending::kBranch:
      action(block.taken.block);
      action(block.fallthrough.block);
      break;
    case Ending::kCall:
    case Ending::kIndirectCall:
      action(block.fallthrough.block);
      break;
    case Ending::kIndirectJump:
      action(block.taken.block);
      break;
    case Ending::kSwitch:
      for (const Target& target : block.targets) action(target.block);
      break;
    case Ending::kReturn:
    case Ending::kInterpret:
      break;
  }
}

/// Marks loop headers and, within bounds, makes them and return points entries; then builds the
/// flow.
Flow BuildFlow(RegionGraph* graph);

}  // namespace elfin::jit
