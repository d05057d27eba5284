// The SHA extensions: rounds and message schedule of SHA-1 and SHA-256. (SDM vol. 2B: SHA1…,
// SHA256…; FIPS 180-4)
#pragma once

#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/vector_ops.h"

namespace elfin::cpu {

/// SHA1RNDS4: a is A B C D from the top, b four words of the schedule, E added to the top one.
/// function: which of the four functions and constants.
V128 Sha1Rounds(CpuState* state, V128 a, V128 b, uint32_t function);
/// SHA1MSG2.
V128 Sha1Schedule(CpuState* state, V128 a, V128 b);
/// SHA256RNDS2: a is C D G H from the top, b A B E F; words: two of the schedule with their
/// constants added.
V128 Sha256Rounds(CpuState* state, V128 a, V128 b, V128 words);
/// SHA256MSG2.
V128 Sha256Schedule(CpuState* state, V128 a, V128 b);

}  // namespace elfin::cpu
