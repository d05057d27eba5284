// inotify's events, flags and record (include/uapi/linux/inotify.h).
#pragma once

#include <cstdint>

namespace elfin::abi {

inline constexpr uint32_t kInAccess = 0x1, kInModify = 0x2, kInAttrib = 0x4, kInCloseWrite = 0x8,
                          kInCloseNoWrite = 0x10, kInOpen = 0x20, kInMovedFrom = 0x40,
                          kInMovedTo = 0x80, kInCreate = 0x100, kInDelete = 0x200,
                          kInDeleteSelf = 0x400, kInMoveSelf = 0x800;
inline constexpr uint32_t kInAllEvents = 0xfff;
/// Told whether asked for or not.
inline constexpr uint32_t kInOverflow = 0x4000, kInIgnored = 0x8000, kInIsDirectory = 0x40000000;
/// How a watch is made.
inline constexpr uint32_t kInOnlyDirectory = 0x1000000, kInDontFollow = 0x2000000,
                          kInExcludeUnlinked = 0x4000000, kInMaskCreate = 0x10000000,
                          kInMaskAdd = 0x20000000, kInOneShot = 0x80000000;

/// struct inotify_event; the name follows, with zero bytes up to a multiple of this size.
struct InotifyEvent {
  int32_t watch;
  uint32_t mask;
  uint32_t cookie;
  uint32_t name_size;
};
static_assert(sizeof(InotifyEvent) == 16);

}  // namespace elfin::abi
