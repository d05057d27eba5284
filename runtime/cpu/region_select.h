// Which blocks make up a region: those that can be reached from its entry by direct jumps, nearest
// first, within the bounds of jit/region/translation_request.h.
//
//   followed: both ways of a conditional jump, the target of a jump, the point behind a call or a
//             system call, what comes behind a block that nothing ends; where an indirect jump has
//             been seen to go (seen_jumps.h), if all of that finds room
//   not:      call targets (they are listed as the region's calls), jumps through one pointer (PLT
//             stubs), returns
//
// Only blocks that have run (they are in the decode cache), so cold paths stay out; where the
// threshold is 0, the others are decoded for it.
#pragma once

#include <cstdint>

#include "jit/region/translation_request.h"
#include "runtime/cpu/cpu_state.h"

namespace elfin::cpu {

/// Room for the description of any region, and for its list of entries behind it.
inline constexpr uint32_t kRegionBufferWords =
    jit::kRegionHeaderWords + 2 * jit::kMaxRegionBlocks + 2 * jit::kMaxRegionCalls +
    jit::kMaxRegionJumps + jit::kMaxRegionBytes / 4 + 1 + jit::kMaxRegionEntries;

/// Writes the region's description (format `region` of translation_request.h, slots of calls 0).
/// False: there is nothing to translate: no block at `entry`, or it has been translated.
bool SelectRegion(CpuState& state, uint32_t entry, uint32_t buffer[kRegionBufferWords]);

}  // namespace elfin::cpu
