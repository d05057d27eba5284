// ForeignRange: bytes of a process memory, which the kernel can't reach by a pointer, for whoever
// can let the host fill them (a block device's read).
//
// Good until the process runs again or its memory changes: made, used and forgotten without a wait
// in between.
#pragma once

#include <cstdint>

namespace elfin {

struct ForeignRange {
  /// The host's number for the memory.
  int32_t memory = 0;
  uint64_t address = 0;
  uint64_t size = 0;
};

}  // namespace elfin
