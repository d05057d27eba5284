#include "jit/region/switch_hash.h"

#include <bit>
#include <cstddef>

namespace elfin::jit {

SwitchHash FindSwitchHash(const std::vector<uint32_t>& addresses) {
  constexpr uint32_t kTries = 500;
  constexpr uint32_t kGolden = 0x9e37'79b1;
  // Twice as many buckets as addresses, at least two.
  const auto log = static_cast<uint32_t>(std::bit_width(2 * addresses.size() - 1));
  SwitchHash best;
  size_t least = addresses.size();
  SwitchHash hash{kGolden, 32 - log};
  for (uint32_t n = 0; n < kTries && least > 0; ++n, hash.multiplier += 2 * kGolden) {
    std::vector<bool> taken(hash.BucketCount(), false);
    size_t together = 0;
    for (uint32_t address : addresses) {
      const uint32_t bucket = hash.BucketOf(address);
      together += taken[bucket];
      taken[bucket] = true;
    }
    if (together >= least) continue;
    least = together;
    best = hash;
  }
  return best;
}

}  // namespace elfin::jit
