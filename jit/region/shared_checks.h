// Checks of memory accesses that those before them make unnecessary, across the region's blocks.
//
// Where a block begins it is known of a register that bytes around the address in it are in reach,
// if that was checked on all the ways that lead there and the register has only changed by numbers
// since. The span only grows, so what was in reach stays so.
#pragma once

#include "jit/region/region_graph.h"

namespace elfin::jit {

/// Takes the unnecessary checks out. Entries have to be marked.
void ShareChecks(RegionGraph* graph);

}  // namespace elfin::jit
