// Keys of the auxiliary vector (include/uapi/linux/auxvec.h).
#pragma once

#include <cstdint>

namespace elfin::loader {

inline constexpr uint64_t kAtNull = 0, kAtPhdr = 3, kAtPhent = 4, kAtPhnum = 5, kAtPageSize = 6,
                          kAtBase = 7, kAtFlags = 8, kAtEntry = 9, kAtUid = 11, kAtEuid = 12,
                          kAtGid = 13, kAtEgid = 14, kAtPlatform = 15, kAtHwcap = 16,
                          kAtClockTicks = 17, kAtSecure = 23, kAtRandom = 25, kAtHwcap2 = 26,
                          kAtExecFileName = 31, kAtMinSignalStackSize = 51;

}  // namespace elfin::loader
