// Who a process is (credentials(7)).
#pragma once

#include <cstdint>
#include <vector>

#include "syscalls/vfs/credentials.h"

namespace elfin::kernel {

struct Credentials {
  uint32_t real_uid = 0;
  uint32_t effective_uid = 0;
  uint32_t saved_uid = 0;
  uint32_t filesystem_uid = 0;
  uint32_t real_gid = 0;
  uint32_t effective_gid = 0;
  uint32_t saved_gid = 0;
  uint32_t filesystem_gid = 0;
  std::vector<uint32_t> groups;

  static Credentials For(uint32_t uid, uint32_t gid) {
    return {uid, uid, uid, uid, gid, gid, gid, gid, {}};
  }
  bool privileged() const { return effective_uid == 0; }
  /// The identity for permission checks on files.
  vfs::Credentials ForFiles() const { return {filesystem_uid, filesystem_gid, groups}; }
  /// The same with the real ids, for access(2).
  vfs::Credentials ForAccess() const { return {real_uid, real_gid, groups}; }
};

}  // namespace elfin::kernel
