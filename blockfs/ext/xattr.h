// Extended attributes: "Extended Attributes". They lie behind the inode's record, and in a block
// that inodes may share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "blockfs/ext/volume.h"

namespace elfin::ext {

struct Attribute {
  std::string name;  // with its prefix: "user.a", "security.capability"
  std::string value;
};

enum class AttributeSetting { kCreateOrReplace, kCreate, kReplace };

/// Errors: kUClean, kIo.
Task<Result<std::vector<Attribute>>> ListAttributes(Volume& volume, Inode& inode);

/// Without a value: removes it. Called within an operation; saves the inode. "system." names
/// (access control lists, whose form on disk is another) can't be set. Errors: kOpNotSupp (a name
/// without a known prefix), kExist (kCreate), kNoData (kReplace, removing), kNoSpc (all of an
/// inode's have to fit into its record and one block), kUClean, kIo.
Task<Status> SetAttribute(Volume& volume, Inode& inode, std::string_view name,
                          std::optional<std::string_view> value, AttributeSetting how);

/// An inode gives its block up: one user less, or the block is free.
Task<Status> DropAttributeBlock(Volume& volume, Inode& inode, uint64_t number);

}  // namespace elfin::ext
