// Which slots a region's blocks need in locals, and which may have changed since CpuState was
// written.
#pragma once

#include "jit/region/region_graph.h"

namespace elfin::jit {

/// Fills live_in, live_out and dirty of all blocks. is_entry has to be right before.
void AnalyzeSlots(RegionGraph* graph);

/// Whether the block can leave the function when it ends, so that CpuState has to be written then.
bool LeavesAtEnd(const RegionGraph& graph, const RegionBlock& block);

/// Whether control can go on in `target` without leaving the function (not behind calls).
template <class Action>
void ForEachEdge(const RegionBlock& block, Action action) {
  if (block.ending == Ending::kJump || block.ending == Ending::kBranch) action(block.taken);
  if (block.ending == Ending::kBranch) action(block.fallthrough);
}

}  // namespace elfin::jit
