// The loops of a region that are simple enough to be looked at as a whole.
#pragma once

#include <vector>

#include "jit/region/region_graph.h"

namespace elfin::jit {

/// Blocks by their numbers. Within the loop, all ways lead to the header or to later blocks.
struct Loop {
  int header = -1;
  std::vector<int> blocks;  // the header first
  uint32_t insn_count = 0;
};

/// For each header the innermost loops into which nothing leads but to it, and that end all their
/// blocks with jumps and branches; not those that are too large to be written twice. Where several
/// edges lead back to the header these are: the whole, and for each edge the part that goes round
/// by it. (A region that is entered at an inner loop's header has the outer loop's edge there,
/// too.) Loop headers and entries have to be marked.
std::vector<std::vector<Loop>> InnermostLoops(const RegionGraph& graph);

}  // namespace elfin::jit
