// Extended attributes: xattr(7)'s rules of who may do what with which name, for all filesystems
// alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "syscalls/kernel/task.h"
#include "syscalls/vfs/fs_context.h"
#include "syscalls/vfs/inode.h"

namespace elfin::vfs {

/// Those that the caller may know of.
Task<Result<std::vector<ExtendedAttribute>>> ListExtendedAttributes(const Caller& caller,
                                                                    Path path);
/// Errors: kNoData, kOpNotSupp (an unknown namespace), kInval (nothing behind it), kAcces.
Task<Result<std::string>> ReadExtendedAttribute(const Caller& caller, Path path, std::string name);
/// Without a value: removes it. Errors: kRoFs, kOpNotSupp (also where the filesystem stores none),
/// kInval, kPerm, kAcces, kExist, kNoData, kNoSpc.
Task<Status> ChangeExtendedAttribute(const Caller& caller, Path path, std::string name,
                                     std::optional<std::string> value, AttributeSetting how);

}  // namespace elfin::vfs
