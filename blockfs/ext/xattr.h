// Extended attributes: "Extended Attributes". They lie behind the inode's record, and in a block
// that inodes may share. Read only so far: nothing sets them.
#pragma once

#include <string>
#include <vector>

#include "blockfs/ext/volume.h"

namespace elfin::ext {

struct Attribute {
  std::string name;  // with its prefix: "user.a", "security.capability"
  std::string value;
};

/// Errors: kUClean, kIo.
Task<Result<std::vector<Attribute>>> ListAttributes(Volume& volume, Inode& inode);

/// An inode gives its block up: one user less, or the block is free.
Task<Status> DropAttributeBlock(Volume& volume, Inode& inode, uint64_t number);

}  // namespace elfin::ext
