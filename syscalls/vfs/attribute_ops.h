// What changes attributes: chmod, chown, utimensat, truncate, with the rules of who may.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/base/result.h"
#include "syscalls/kernel/task.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::vfs {

/// Errors: kRoFs, kPerm (not the owner). A set-group-id bit that the caller may not give is
/// dropped.
Task<Status> ChangeMode(const Caller& caller, Path path, uint32_t permissions);
/// nullopt: as it is. Only user 0 changes the owner; owners may choose among their groups. Drops
/// set-user-id and set-group-id of executables. Errors: kRoFs, kPerm.
Task<Status> ChangeOwner(const Caller& caller, Path path, std::optional<uint32_t> uid,
                         std::optional<uint32_t> gid);
/// What utimensat(2) is given: `now` for both needs only write permission.
struct TimeChange {
  std::optional<FileTime> accessed;
  std::optional<FileTime> modified;
  bool both_now = false;
};
Task<Status> ChangeTimes(const Caller& caller, Path path, TimeChange change);
/// truncate(2). Errors: kIsDir, kInval, kRoFs, kAcces.
Task<Status> TruncatePath(const Caller& caller, Path path, uint64_t size);

}  // namespace elfin::vfs
