#include "jit/region/dataflow.h"

namespace elfin::jit {
namespace {

struct Summary {
  SlotSet reads = 0;    // before it writes them
  SlotSet writes = 0;   // on every way through it
  SlotSet touches = 0;  // on some way
  bool leaves = false;  // from its middle or at its end, to where CpuState has to be right
};

}  // namespace

bool LeavesAtEnd(const RegionGraph& graph, const RegionBlock& block) {
  if (!GoesOnByEdges(block)) return true;
  bool leaves = false;
  ForEachEdge(block, [&](const Target& target) {
    // Before a loop goes round the time slice may be over.
    leaves |= target.block < 0 || graph.blocks[static_cast<size_t>(target.block)].is_loop_header;
  });
  return leaves;
}

namespace {

Summary Summarize(const RegionGraph& graph, const RegionBlock& block) {
  Summary summary;
  summary.leaves = LeavesAtEnd(graph, block);
  for (const Op& op : block.ops) {
    switch (op.code) {
      case OpCode::kGetSlot:
        summary.reads |= SlotBit(op.sub) & ~summary.writes;
        break;
      case OpCode::kSetSlot:
        if (op.cold) break;
        summary.touches |= SlotBit(op.sub);
        if (op.scope == 0) summary.writes |= SlotBit(op.sub);
        break;
      case OpCode::kLeave:
        summary.leaves = true;
        break;
      default:
        break;
    }
  }
  summary.writes |= SlotBit(kBudgetSlot);
  summary.touches |= SlotBit(kBudgetSlot);
  summary.reads |= SlotBit(kBudgetSlot);
  if (block.end_flags.left != kNoOp) summary.writes |= kFlagSlots;
  // The flag slots go together.
  if ((summary.touches & kFlagSlots) != 0) summary.touches |= kFlagSlots;
  if ((summary.reads & kFlagSlots) != 0) summary.reads |= kFlagSlots;
  return summary;
}

}  // namespace

void AnalyzeSlots(RegionGraph* graph) {
  auto& blocks = graph->blocks;
  std::vector<Summary> summaries;
  summaries.reserve(blocks.size());
  for (const RegionBlock& block : blocks) summaries.push_back(Summarize(*graph, block));

  // Forward: what may be dirty.
  for (size_t n = 0; n < blocks.size(); ++n) blocks[n].dirty = summaries[n].touches;
  for (bool changed = true; changed;) {
    changed = false;
    for (RegionBlock& block : blocks) {
      block.dirty_end = block.dirty | (block.end_flags.left != kNoOp ? kFlagSlots : 0);
      ForEachEdge(block, [&](const Target& target) {
        if (target.block < 0) return;
        SlotSet& dirty = blocks[static_cast<size_t>(target.block)].dirty;
        changed |= (block.dirty_end & ~dirty) != 0;
        dirty |= block.dirty_end;
      });
      if (const int guard = GuardBehind(*graph, block); guard >= 0) {
        SlotSet& dirty = blocks[static_cast<size_t>(guard)].dirty;
        changed |= (block.dirty_end & ~dirty) != 0;
        dirty |= block.dirty_end;
      }
    }
  }
  // Backward: what must be there. Where a block leaves, all that may be dirty is written.
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t n = blocks.size(); n-- > 0;) {
      RegionBlock& block = blocks[n];
      const Summary& summary = summaries[n];
      SlotSet out = 0;
      ForEachEdge(block, [&](const Target& target) {
        if (target.block >= 0) out |= blocks[static_cast<size_t>(target.block)].live_in;
      });
      SlotSet rare = 0;
      if (const int guard = GuardBehind(*graph, block); guard >= 0) {
        rare = blocks[static_cast<size_t>(guard)].live_in;
      }
      SlotSet in = summary.reads | ((out | rare) & ~summary.writes);
      if (summary.leaves) in |= block.dirty;
      changed |= in != block.live_in || out != block.live_out || rare != block.live_rare;
      block.live_in = in;
      block.live_out = out;
      block.live_rare = rare;
    }
  }
}

}  // namespace elfin::jit
