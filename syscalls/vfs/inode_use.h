// What an inode is used for where one use forbids another: Linux's i_writecount and
// i_mmap_writable.
#pragma once

#include <cstdint>

#include "syscalls/vfs/inode.h"

namespace elfin::vfs {

/// Counts one use of an inode for as long as it lives.
class InodeUse {
 public:
  InodeUse(InodePtr inode, int32_t InodeUses::*use) : inode_(std::move(inode)), use_(use) {
    ++(inode_->uses.*use_);
  }
  InodeUse(const InodeUse&) = delete;
  InodeUse& operator=(const InodeUse&) = delete;
  ~InodeUse() { --(inode_->uses.*use_); }

 private:
  const InodePtr inode_;
  int32_t InodeUses::*const use_;
};

}  // namespace elfin::vfs
