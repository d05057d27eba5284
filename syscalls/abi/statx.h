// struct statx (include/uapi/linux/stat.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::abi {

struct StatxTimestamp {
  int64_t seconds;
  uint32_t nanoseconds;
  int32_t reserved;
};

struct Statx {
  uint32_t mask;
  uint32_t block_size;
  uint64_t attributes;
  uint32_t links;
  uint32_t uid;
  uint32_t gid;
  uint16_t mode;
  uint16_t padding;
  uint64_t inode;
  uint64_t size;
  uint64_t blocks;
  uint64_t attributes_mask;
  StatxTimestamp accessed;
  StatxTimestamp created;
  StatxTimestamp changed;
  StatxTimestamp modified;
  uint32_t rdev_major;
  uint32_t rdev_minor;
  uint32_t device_major;
  uint32_t device_minor;
  uint64_t mount_id;
  uint32_t direct_io_memory_alignment;
  uint32_t direct_io_offset_alignment;
  uint64_t spare[12];
};
static_assert(sizeof(Statx) == 256 && offsetof(Statx, accessed) == 64 &&
              offsetof(Statx, rdev_major) == 128 && offsetof(Statx, mount_id) == 144);

inline constexpr uint32_t kStatxBasicStats = 0x7ff, kStatxBirthTime = 0x800, kStatxMountId = 0x1000,
                          kStatxReserved = 0x8000'0000;
inline constexpr uint64_t kStatxAttrMountRoot = 0x2000;

}  // namespace elfin::abi
