// Which of ext's features this filesystem knows, and the names of those that it doesn't.
#pragma once

#include <cstdint>
#include <string>

#include "blockfs/ext/superblock.h"

namespace elfin::ext {

inline constexpr uint32_t kKnownIncompat = kIncompatFileType | kIncompatRecover | kIncompatMetaBg |
                                           kIncompatExtents | kIncompat64Bit | kIncompatFlexBg |
                                           kIncompatChecksumSeed;
inline constexpr uint32_t kKnownRoCompat =
    kRoCompatSparseSuper | kRoCompatLargeFile | kRoCompatBtreeDir | kRoCompatHugeFile |
    kRoCompatGdtChecksum | kRoCompatDirNlink | kRoCompatExtraIsize | kRoCompatMetadataChecksum |
    kRoCompatOrphanPresent;

/// The features that forbid to mount, "inline_data, casefold"; empty: none.
std::string UnknownIncompatFeatures(const Superblock& superblock);
/// The features that forbid to write.
std::string UnknownRoCompatFeatures(const Superblock& superblock);

}  // namespace elfin::ext
