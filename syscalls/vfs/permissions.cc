#include "syscalls/vfs/permissions.h"

namespace elfin::vfs {

Status CheckAccess(const Attributes& attributes, const Credentials& who, uint32_t wanted) {
  if (who.privileged()) {
    const bool executes = (wanted & kAccessExecute) != 0;
    const bool executable =
        attributes.type == FileType::kDirectory || (attributes.permissions & 0111) != 0;
    return executes && !executable ? Status(Errno::kAcces) : Status(kOk);
  }
  uint32_t granted = attributes.permissions;
  if (who.uid == attributes.uid) {
    granted >>= 6;
  } else if (who.InGroup(attributes.gid)) {
    granted >>= 3;
  }
  return (granted & wanted) == wanted ? Status(kOk) : Status(Errno::kAcces);
}

Status CheckAccess(Inode& inode, const Credentials& who, uint32_t wanted) {
  if (who.privileged() && inode.type() == FileType::kDirectory) return kOk;
  return CheckAccess(TRY(inode.attributes()), who, wanted);
}

Status CheckChangeNames(const Path& directory, const Credentials& who) {
  if (directory.mount->read_only()) return Errno::kRoFs;
  if (directory.dentry->removed()) return Errno::kNoEnt;
  return CheckAccess(*directory.inode(), who, kAccessWrite | kAccessExecute);
}

Status CheckSticky(const Path& directory, Inode& victim, const Credentials& who) {
  if (who.privileged()) return kOk;
  const Attributes parent = TRY(directory.inode()->attributes());
  if ((parent.permissions & kSticky) == 0 || parent.uid == who.uid) return kOk;
  return CheckOwner(TRY(victim.attributes()), who);
}

Status CheckOwner(const Attributes& attributes, const Credentials& who) {
  return who.privileged() || who.uid == attributes.uid ? Status(kOk) : Status(Errno::kPerm);
}

}  // namespace elfin::vfs
