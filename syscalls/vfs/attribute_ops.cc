#include "syscalls/vfs/attribute_ops.h"

#include "syscalls/vfs/inode_bytes.h"
#include "syscalls/vfs/permissions.h"

namespace elfin::vfs {

Task<Status> ChangeMode(const Caller& caller, Path path, uint32_t permissions) {
  if (path.mount->read_only()) co_return Errno::kRoFs;
  CO_ASSIGN(const Attributes now, path.inode()->attributes());
  CO_TRY(CheckOwner(now, caller.credentials));
  if (now.type == FileType::kSymlink) co_return Errno::kOpNotSupp;
  AttributeChange change;
  change.permissions = permissions & kPermissionMask;
  if (!caller.credentials.privileged() && !caller.credentials.InGroup(now.gid)) {
    *change.permissions &= ~kSetGid;
  }
  CO_TRY(co_await path.inode()->SetAttributes(change));
  NotifyFile(path, abi::kInAttrib);
  co_return kOk;
}

Task<Status> ChangeOwner(const Caller& caller, Path path, std::optional<uint32_t> uid,
                         std::optional<uint32_t> gid) {
  if (path.mount->read_only()) co_return Errno::kRoFs;
  CO_ASSIGN(const Attributes now, path.inode()->attributes());
  if (!caller.credentials.privileged()) {
    const bool owner = caller.credentials.uid == now.uid;
    if (uid.has_value() && !(owner && *uid == now.uid)) co_return Errno::kPerm;
    if (gid.has_value() && !(owner && caller.credentials.InGroup(*gid))) co_return Errno::kPerm;
  }
  AttributeChange change;
  change.uid = uid;
  change.gid = gid;
  if (now.type != FileType::kDirectory && (now.permissions & (kSetUid | kSetGid)) != 0) {
    uint32_t cleared = now.permissions & ~kSetUid;
    if ((cleared & 0010) != 0) cleared &= ~kSetGid;
    change.permissions = cleared;
  }
  CO_TRY(co_await path.inode()->SetAttributes(change));
  NotifyFile(path, abi::kInAttrib);
  co_return kOk;
}

Task<Status> ChangeTimes(const Caller& caller, Path path, TimeChange times) {
  if (path.mount->read_only()) co_return Errno::kRoFs;
  if (!times.accessed.has_value() && !times.modified.has_value()) co_return kOk;
  CO_ASSIGN(const Attributes now, path.inode()->attributes());
  if (!CheckOwner(now, caller.credentials).ok()) {
    if (!times.both_now) co_return Errno::kPerm;
    CO_TRY(CheckAccess(now, caller.credentials, kAccessWrite));
  }
  AttributeChange change;
  change.accessed = times.accessed;
  change.modified = times.modified;
  CO_TRY(co_await path.inode()->SetAttributes(change));
  const bool both = times.accessed.has_value() && times.modified.has_value();
  const uint32_t one = times.accessed.has_value() ? abi::kInAccess : abi::kInModify;
  NotifyFile(path, both ? abi::kInAttrib : one);
  co_return kOk;
}

Task<Status> TruncatePath(const Caller& caller, Path path, uint64_t size) {
  const FileType type = path.inode()->type();
  if (type == FileType::kDirectory) co_return Errno::kIsDir;
  if (type != FileType::kRegular) co_return Errno::kInval;
  if (path.mount->read_only()) co_return Errno::kRoFs;
  CO_TRY(CheckAccess(*path.inode(), caller.credentials, kAccessWrite));
  if (path.inode()->uses.executors > 0) co_return Errno::kTxtBsy;
  CO_TRY(co_await SetSize(*path.inode(), size));
  NotifyFile(path, abi::kInModify);
  co_return kOk;
}

}  // namespace elfin::vfs
