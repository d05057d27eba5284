#include "syscalls/vfs/inode_watch.h"

#include "syscalls/vfs/inode.h"
#include "syscalls/vfs/path.h"

namespace elfin::vfs {
namespace {

uint32_t WithType(const Inode& inode, uint32_t events) {
  return inode.type() == FileType::kDirectory ? events | abi::kInIsDirectory : events;
}

}  // namespace

void NotifySelf(Inode& inode, uint32_t events) {
  if (inode.is_watched()) inode.Notify(WithType(inode, events), {}, 0);
}

void NotifyEntry(Inode& directory, std::string_view name, const Inode& what, uint32_t events,
                 uint32_t cookie) {
  if (directory.is_watched()) directory.Notify(WithType(what, events), name, cookie);
}

void NotifyFile(const Path& path, uint32_t events) {
  Inode& inode = *path.inode();
  const DentryPtr& parent = path.dentry->parent();
  if (parent != nullptr && !path.dentry->removed()) {
    NotifyEntry(*parent->inode(), path.dentry->name(), inode, events);
  }
  NotifySelf(inode, events);
}

}  // namespace elfin::vfs
