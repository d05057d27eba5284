// Who asks: the identity that file permission checks use.
#pragma once

#include <cstdint>
#include <vector>

namespace elfin::vfs {

/// The filesystem ids of a thread (fsuid and fsgid follow the effective ids unless setfsuid changes
/// them) and its supplementary groups. Uid 0 passes every check but "execute a file without any x
/// bit".
struct Credentials {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::vector<uint32_t> groups;

  bool privileged() const { return uid == 0; }
  bool InGroup(uint32_t group) const {
    if (group == gid) return true;
    for (uint32_t member : groups) {
      if (member == group) return true;
    }
    return false;
  }
};

}  // namespace elfin::vfs
