// Regions from plain code bytes, for tools and tests: what runtime/cpu's region selection does with
// decoded blocks that have run, done with all that direct jumps reach.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace elfin::jit {

struct CodeBytes {
  const uint8_t* bytes;
  size_t size;
  uint32_t address;  // of the first byte
};

/// A region (translation_request.h) of everything that direct jumps reach from `entry`, with `slot`
/// in front, as in a batch. seen_jumps: where its indirect jumps have gone, as the cpu would have
/// noted. Empty: nothing can be decoded there.
std::vector<uint8_t> BuildRegionRequest(const CodeBytes& code, uint32_t entry, uint32_t slot,
                                        uint32_t options,
                                        const std::vector<uint32_t>& seen_jumps = {});

/// Such regions as one batch.
std::vector<uint8_t> BuildBatch(const std::vector<std::vector<uint8_t>>& regions);

}  // namespace elfin::jit
