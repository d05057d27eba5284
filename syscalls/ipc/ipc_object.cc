#include "syscalls/ipc/ipc_object.h"

#include "syscalls/ipc/ipc_table.h"

namespace elfin::ipc {

namespace {

bool InGroup(const kernel::Credentials& credentials, uint32_t group) {
  if (credentials.effective_gid == group) return true;
  for (const uint32_t member : credentials.groups) {
    if (member == group) return true;
  }
  return false;
}

}  // namespace

IpcObject::IpcObject(const IpcCaller& creator, int32_t key, uint32_t mode)
    : change_time_s(creator.now_s),
      key_(key),
      uid_(creator.credentials.effective_uid),
      gid_(creator.credentials.effective_gid),
      creator_uid_(uid_),
      creator_gid_(gid_),
      mode_(mode & kPermissionBits) {}

Status IpcObject::CheckAccess(const IpcCaller& caller, uint32_t wanted) const {
  const kernel::Credentials& who = caller.credentials;
  if (who.privileged()) return kOk;
  const uint32_t asked = (wanted >> 6 | wanted >> 3 | wanted) & 7;
  uint32_t granted = mode_;
  if (who.effective_uid == uid_ || who.effective_uid == creator_uid_) {
    granted >>= 6;
  } else if (InGroup(who, gid_) || InGroup(who, creator_gid_)) {
    granted >>= 3;
  }
  return (asked & ~granted) != 0 ? Status(Errno::kAcces) : Status(kOk);
}

Status IpcObject::CheckOwner(const IpcCaller& caller) const {
  const uint32_t uid = caller.credentials.effective_uid;
  const bool owner = caller.credentials.privileged() || uid == uid_ || uid == creator_uid_;
  return owner ? Status(kOk) : Status(Errno::kPerm);
}

void IpcObject::Change(const IpcCaller& caller, const abi::IpcPerm& wanted) {
  uid_ = wanted.uid;
  gid_ = wanted.gid;
  mode_ = wanted.mode & kPermissionBits;
  change_time_s = caller.now_s;
}

abi::IpcPerm IpcObject::Describe() const {
  abi::IpcPerm perm{};
  perm.key = key_;
  perm.uid = uid_;
  perm.gid = gid_;
  perm.cuid = creator_uid_;
  perm.cgid = creator_gid_;
  perm.mode = mode_;
  perm.sequence = static_cast<uint16_t>(id / kIpcPlaces);
  return perm;
}

}  // namespace elfin::ipc
