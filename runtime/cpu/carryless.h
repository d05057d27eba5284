// Arithmetic of polynomials over GF(2): PCLMULQDQ and CRC32.
#pragma once

#include <cstdint>

#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/vector_ops.h"

namespace elfin::cpu {

/// The 127-bit product.
V128 CarrylessMultiply(CpuState* state, uint64_t a, uint64_t b);

/// CRC-32C (iSCSI's) of `crc` and the lowest `bytes` (1, 2, 4, 8) of data. (RFC 3720, B.4)
uint32_t AddToCrc32c(CpuState* state, uint32_t crc, uint64_t data, uint32_t bytes);

}  // namespace elfin::cpu
