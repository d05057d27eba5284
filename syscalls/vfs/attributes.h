// What stat tells about an inode, and what may be changed.
#pragma once

#include <cstdint>
#include <optional>

namespace elfin::vfs {

/// File types, with the values of S_IFMT's bits (inode(7)).
enum class FileType : uint32_t {
  kFifo = 0x1000,
  kCharacter = 0x2000,
  kDirectory = 0x4000,
  kBlock = 0x6000,
  kRegular = 0x8000,
  kSymlink = 0xa000,
  kSocket = 0xc000,
};

inline constexpr uint32_t kTypeMask = 0xf000;
inline constexpr uint32_t kPermissionMask = 07777;
inline constexpr uint32_t kSetUid = 04000;
inline constexpr uint32_t kSetGid = 02000;
inline constexpr uint32_t kSticky = 01000;

/// getdents' d_type is the type without its low 12 bits (DT_DIR == S_IFDIR >> 12).
constexpr uint8_t DirectoryEntryType(FileType type) {
  return static_cast<uint8_t>(static_cast<uint32_t>(type) >> 12);
}

/// A device number in the kernel's form: the encoding of st_dev on x86-64 for majors and minors
/// below 4096 and 2^20.
constexpr uint64_t MakeDevice(uint32_t major, uint32_t minor) {
  return (minor & 0xff) | (uint64_t{major & 0xfff} << 8) | (uint64_t{minor & ~0xffu} << 12);
}
constexpr uint32_t DeviceMajor(uint64_t device) { return (device >> 8) & 0xfff; }
constexpr uint32_t DeviceMinor(uint64_t device) {
  return static_cast<uint32_t>((device & 0xff) | ((device >> 12) & 0xfff00));
}

/// Nanoseconds since the epoch; enough for the years 1678 to 2262.
using FileTime = int64_t;

struct Attributes {
  uint64_t device = 0;
  uint64_t inode = 0;
  FileType type = FileType::kRegular;
  uint32_t permissions = 0;  // kPermissionMask bits
  uint32_t links = 1;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t rdev = 0;
  uint64_t size = 0;
  uint64_t blocks = 0;  // of 512 bytes
  uint32_t block_size = 4096;
  FileTime accessed = 0;
  FileTime modified = 0;
  FileTime changed = 0;
  std::optional<FileTime> created;

  uint32_t mode() const { return static_cast<uint32_t>(type) | permissions; }
};

/// Fields that are set are changed, the change time always with them.
struct AttributeChange {
  std::optional<uint32_t> permissions;
  std::optional<uint32_t> uid;
  std::optional<uint32_t> gid;
  std::optional<uint64_t> size;
  std::optional<FileTime> accessed;
  std::optional<FileTime> modified;
};

}  // namespace elfin::vfs
