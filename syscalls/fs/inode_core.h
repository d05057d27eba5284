// What tmpfs, devfs, pipes and streams have in common: an inode whose attributes live in memory.
#pragma once

#include <cstdint>

#include "syscalls/kernel/host.h"
#include "syscalls/vfs/inode.h"

namespace elfin::fs {

using vfs::Attributes;
using vfs::FileType;
using vfs::InodePtr;

inline vfs::FileTime Now(kernel::Host& host) { return host.Now(kernel::HostClock::kRealtime); }

/// Copies what `change` sets, but for the size.
inline void ApplyChange(const vfs::AttributeChange& change, vfs::FileTime now, Attributes& to) {
  if (change.permissions.has_value()) to.permissions = *change.permissions;
  if (change.uid.has_value()) to.uid = *change.uid;
  if (change.gid.has_value()) to.gid = *change.gid;
  if (change.accessed.has_value()) to.accessed = *change.accessed;
  if (change.modified.has_value()) to.modified = *change.modified;
  to.changed = now;
}

/// relatime: the access time is kept only where it tells something.
inline void TouchAccess(vfs::FileTime now, Attributes& attributes) {
  constexpr vfs::FileTime kDay = 86'400'000'000'000;
  if (attributes.accessed <= attributes.modified || attributes.accessed <= attributes.changed ||
      now - attributes.accessed >= kDay) {
    attributes.accessed = now;
  }
}

}  // namespace elfin::fs
