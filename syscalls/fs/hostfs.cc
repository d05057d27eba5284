#include "syscalls/fs/hostfs.h"

#include "syscalls/fs/hostfs_inode.h"

namespace elfin::fs {

HostFs::HostFs(kernel::Host& host, std::unique_ptr<kernel::HostFolder> folder)
    : host_(host), folder_(std::move(folder)), nodes_(host) {}

HostFs::~HostFs() = default;

Result<std::shared_ptr<HostFs>> HostFs::Make(kernel::Host& host,
                                             std::unique_ptr<kernel::HostFolder> folder) {
  Task<Result<kernel::HostStat>> asked = folder->Stat("");
  if (!asked.ready()) return Errno::kIo;  // against the contract of a HostFolder
  const kernel::HostStat stat = TRY(asked.Take());
  if ((stat.mode & vfs::kTypeMask) != static_cast<uint32_t>(FileType::kDirectory)) {
    return Errno::kNotDir;
  }
  std::shared_ptr<HostFs> filesystem(new HostFs(host, std::move(folder)));
  filesystem->device = stat.device;
  filesystem->root_ = filesystem->InodeFor(stat, nullptr, {});
  return filesystem;
}

InodePtr HostFs::root() { return root_; }

vfs::FilesystemInfo HostFs::Info() {
  // The interface to the host does not tell how full its disk is: a large, half empty one.
  vfs::FilesystemInfo info;
  info.magic = 0x01021997;
  info.blocks = uint64_t{1} << 26;
  info.blocks_free = info.blocks_available = uint64_t{1} << 25;
  info.files = uint64_t{1} << 24;
  info.files_free = uint64_t{1} << 23;
  return info;
}

std::shared_ptr<HostInode> HostFs::InodeFor(const kernel::HostStat& stat,
                                            const std::shared_ptr<HostInode>& parent,
                                            std::string_view name) {
  std::weak_ptr<HostInode>& known = inodes_[{stat.device, stat.inode}];
  std::shared_ptr<HostInode> inode = known.lock();
  const auto type = static_cast<FileType>(stat.mode & vfs::kTypeMask);
  if (inode != nullptr && inode->type() == type) {
    if (inode != root_) inode->SetPlace(stat, parent, name);
    return inode;
  }
  inode = std::make_shared<HostInode>(*this, stat, parent, name);
  known = inode;
  return inode;
}

void HostFs::Forget(const HostInode& inode) {
  const auto known = inodes_.find({inode.host_device(), inode.host_inode()});
  if (known != inodes_.end() && known->second.expired()) inodes_.erase(known);
}

}  // namespace elfin::fs
