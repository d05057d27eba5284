// struct stat and struct statfs of x86-64 (arch/x86/include/uapi/asm/stat.h, asm-generic/statfs.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::abi {

struct Stat {
  uint64_t device;
  uint64_t inode;
  uint64_t links;
  uint32_t mode;
  uint32_t uid;
  uint32_t gid;
  uint32_t padding;
  uint64_t rdev;
  int64_t size;
  int64_t block_size;
  int64_t blocks;
  int64_t access_seconds;
  int64_t access_nanoseconds;
  int64_t modify_seconds;
  int64_t modify_nanoseconds;
  int64_t change_seconds;
  int64_t change_nanoseconds;
  int64_t reserved[3];
};
static_assert(sizeof(Stat) == 144 && offsetof(Stat, mode) == 24 && offsetof(Stat, size) == 48 &&
              offsetof(Stat, access_seconds) == 72);

struct Statfs {
  int64_t type;
  int64_t block_size;
  uint64_t blocks;
  uint64_t blocks_free;
  uint64_t blocks_available;
  uint64_t files;
  uint64_t files_free;
  int32_t id[2];
  int64_t name_length;
  int64_t fragment_size;
  int64_t flags;
  int64_t spare[4];
};
static_assert(sizeof(Statfs) == 120 && offsetof(Statfs, id) == 56 && offsetof(Statfs, flags) == 80);

/// f_flags beside the mount flags: "f_flags is filled in".
inline constexpr int64_t kStValid = 0x20;

}  // namespace elfin::abi
