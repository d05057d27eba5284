// The hash of a name in an htree: "Hash Tree Directories", the functions legacy, half MD4 and TEA.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/base/result.h"

namespace elfin::ext {

inline constexpr uint8_t kHashLegacy = 0;
inline constexpr uint8_t kHashHalfMd4 = 1;
inline constexpr uint8_t kHashTea = 2;
/// The same with names' bytes taken as unsigned.
inline constexpr uint8_t kHashUnsigned = 3;

/// Bit 0 is always 0. `seed`: the superblock's hash_seed. Errors: kUClean, an unknown version.
Result<uint32_t> DirectoryHash(uint8_t version, const uint32_t (&seed)[4], std::string_view name);

}  // namespace elfin::ext
