// Which slots a region's blocks need in locals, and which may have changed since CpuState was
// written.
#pragma once

#include "jit/region/region_graph.h"

namespace elfin::jit {

/// Fills live_in, live_out and dirty of all blocks. is_entry has to be right before.
void AnalyzeSlots(RegionGraph* graph);

/// Whether the block can leave the function when it ends, so that CpuState has to be written then.
bool LeavesAtEnd(const RegionGraph& graph, const RegionBlock& block);

/// Whether all ways out of the block are its edges.
inline bool GoesOnByEdges(const RegionBlock& block) {
  return block.ending == Ending::kJump || block.ending == Ending::kBranch ||
         (block.ending == Ending::kIndirectJump && block.taken.block >= 0);
}

/// Whether control can go on in `target` without leaving the function (not behind calls).
template <class Action>
void ForEachEdge(const RegionBlock& block, Action action) {
  switch (block.ending) {
    case Ending::kJump:
    case Ending::kIndirectJump:
      action(block.taken);
      break;
    case Ending::kBranch:
      action(block.taken);
      action(block.fallthrough);
      break;
    case Ending::kSwitch:
      for (const Target& target : block.targets) action(target);
      break;
    case Ending::kCall:
    case Ending::kIndirectCall:
    case Ending::kReturn:
    case Ending::kInterpret:
      break;
  }
}

/// The guard that the block goes to when a stretch of an unchecked loop is over; -1: none.
inline int GuardBehind(const RegionGraph& graph, const RegionBlock& block) {
  int guard = -1;
  ForEachEdge(block, [&](const Target& target) {
    if (target.block < 0) return;
    const int behind = graph.blocks[static_cast<size_t>(target.block)].guard;
    // From the guard itself the loop begins.
    if (behind >= 0 && block.stretch == 0) guard = behind;
  });
  return guard;
}

}  // namespace elfin::jit
