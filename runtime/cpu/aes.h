// AES-NI: one round of the cipher on a 128-bit block. (SDM vol. 1, 12.13; FIPS 197)
#pragma once

#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/vector_ops.h"

namespace elfin::cpu {

/// AESENC, AESENCLAST.
V128 AesEncryptRound(CpuState* state, V128 block, V128 key);
V128 AesEncryptLastRound(CpuState* state, V128 block, V128 key);
/// AESDEC, AESDECLAST: of the equivalent inverse cipher.
V128 AesDecryptRound(CpuState* state, V128 block, V128 key);
V128 AesDecryptLastRound(CpuState* state, V128 block, V128 key);
/// AESIMC: an encryption round's key for AesDecryptRound.
V128 AesInverseMixColumns(CpuState* state, V128 key);
/// AESKEYGENASSIST.
V128 AesExpandKey(CpuState* state, V128 key, uint32_t round_constant);

}  // namespace elfin::cpu
