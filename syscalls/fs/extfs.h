// extfs: ext2, ext3 and ext4 (blockfs/ext) as a filesystem of the kernel. A thin adapter: what it
// does itself is to keep one kernel inode for each of the filesystem's, and to list directories.
//
// Device nodes and FIFOs in it lead to the kernel's own. Access control lists are neither shown nor
// heeded.
#pragma once

#include <memory>
#include <unordered_map>

#include "blockfs/ext/filesystem.h"
#include "syscalls/fs/inode_core.h"

namespace elfin::fs {

class ExtInode;

class ExtFs final : public vfs::Filesystem {
 public:
  /// `device` may be several: the last one is mounted, and all live as long as the filesystem.
  /// Errors: ext::Filesystem::Mount's.
  static Task<Result<std::shared_ptr<ExtFs>>> Mount(
      kernel::Host& host, std::vector<std::unique_ptr<blockfs::BlockDevice>> devices,
      bool read_only);
  ~ExtFs() override;

  std::string_view type() const override;
  InodePtr root() override;
  vfs::FilesystemInfo Info() override;
  Task<Status> Sync() override { return filesystem_->Sync(); }
  Task<Status> Close() override { return filesystem_->Unmount(); }

  bool read_only() const { return filesystem_->read_only(); }
  ext::Filesystem& filesystem() { return *filesystem_; }
  kernel::Host& host() { return host_; }
  std::shared_ptr<ExtInode> InodeFor(ext::InodePtr inode);
  void Forget(uint32_t number);

 private:
  explicit ExtFs(kernel::Host& host) : host_(host) {}

  kernel::Host& host_;
  std::vector<std::unique_ptr<blockfs::BlockDevice>> devices_;
  std::shared_ptr<ext::Filesystem> filesystem_;
  std::unordered_map<uint32_t, std::weak_ptr<ExtInode>> inodes_;
  std::shared_ptr<ExtInode> root_;
};

}  // namespace elfin::fs
