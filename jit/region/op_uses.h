// What becomes of a block's operations: which are dead, which are folded into their only user,
// which only a cold arm wants.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/region/region_graph.h"

namespace elfin::jit {

struct OpUse {
  uint16_t hot = 0;   // uses on the way that goes on
  uint16_t cold = 0;  // uses in cold arms
  bool dead = false;  // roots: needn't happen
  int last = -1;      // the last operation that may need its value
};

/// Of each operation of the block, whose endings use block.value and, where it leaves, all dirty
/// slots.
std::vector<OpUse> AnalyzeUses(const RegionGraph& graph, const RegionBlock& block);

/// action(operand) for each operand of op.
template <class Action>
void ForEachOperand(const Op& op, Action action) {
  for (OpId operand : {op.a, op.b, op.c}) {
    if (operand != kNoOp) action(operand);
  }
}

}  // namespace elfin::jit
