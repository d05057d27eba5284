// The checks of memory accesses, as operations (jit/emit/block_ops.h appends them):
//
//   kIf (kCheckedBase ≥ kSpan), cold
//     …
//     kLeave
//   kEnd
#pragma once

#include <vector>

#include "jit/region/region_graph.h"

namespace elfin::jit {

/// A check of a block: bytes [base + low, base + end) rely on it.
struct AccessCheck {
  OpId branch;   // the kIf
  OpId address;  // the kCheckedBase
  OpId base;
  int64_t low, end;
};

/// The block's checks in their order; none that look at pages.
std::vector<AccessCheck> AccessChecksOf(const RegionBlock& block);

/// Takes a check out: what relied on it gets its address by 32 bits (kAddress).
void RemoveCheck(const AccessCheck& check, RegionBlock* block);

}  // namespace elfin::jit
