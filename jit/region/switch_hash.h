// A switch over guest addresses: which of a br_table's buckets an address belongs to.
//
//   bucket = address * multiplier >> shift      (32 bits)
//
// Addresses are sparse; multiplying spreads them. What comes to a bucket is compared with the few
// addresses that belong there.
#pragma once

#include <cstdint>
#include <vector>

namespace elfin::jit {

struct SwitchHash {
  uint32_t multiplier = 1;
  uint32_t shift = 31;

  uint32_t BucketOf(uint32_t address) const { return address * multiplier >> shift; }
  uint32_t BucketCount() const { return 1u << (32 - shift); }
};

/// At least as many buckets as addresses, and the multiplier of those tried that leaves the fewest
/// addresses together in one. There is at least one address.
SwitchHash FindSwitchHash(const std::vector<uint32_t>& addresses);

}  // namespace elfin::jit
