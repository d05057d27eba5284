// Records of getdents and getdents64 (include/linux/dirent.h, fs/readdir.c).
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::abi {

/// Followed by the name and its zero, padded to a multiple of 8 bytes.
struct Dirent64 {
  uint64_t inode;
  int64_t offset;
  uint16_t record_length;
  uint8_t type;
};
inline constexpr size_t kDirent64NameOffset = 19;
static_assert(offsetof(Dirent64, type) == 18);

/// The old kind: the name follows record_length; the record's last byte is the type.
struct Dirent {
  uint64_t inode;
  uint64_t offset;
  uint16_t record_length;
};
inline constexpr size_t kDirentNameOffset = 18;
static_assert(offsetof(Dirent, record_length) == 16);

}  // namespace elfin::abi
