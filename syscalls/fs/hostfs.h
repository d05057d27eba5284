// hostfs: a folder of the host (kernel::HostFolder) as a filesystem.
//
// The kernel walks paths itself and resolves every symlink against the guest's own root, so that
// none can lead out of the folder; the host is only ever asked for plain names below it. Device and
// inode numbers, owners and times are the host's. Files are opened on the host when the guest opens
// them, and stay open as long as the guest holds the inode: unlinked but open files work.
//
// A host may answer later: then the system call waits, no signal interrupts it, and others may work
// in the folder meanwhile. Attributes never wait: those of an open file are known, others are asked
// for and as old as the last answer.
//
// What a host folder can't do: device nodes, FIFOs and sockets (EPERM), RENAME_EXCHANGE (EINVAL),
// holes. Attributes are remembered for one millisecond, so that one system call asks the host once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "syscalls/fs/hostfs_nodes.h"
#include "syscalls/fs/inode_core.h"

namespace elfin::fs {

class HostInode;

class HostFs final : public vfs::Filesystem {
 public:
  /// Errors: those of asking for the folder itself; kNotDir; kIo (the host does not answer at
  /// once).
  static Result<std::shared_ptr<HostFs>> Make(kernel::Host& host,
                                              std::unique_ptr<kernel::HostFolder> folder);
  ~HostFs() override;

  std::string_view type() const override { return "hostfs"; }
  InodePtr root() override;
  vfs::FilesystemInfo Info() override;
  Task<Status> Sync() override { return folder_->SyncAll(); }

  kernel::HostFolder& folder() { return *folder_; }
  kernel::Host& host() { return host_; }
  HostNodes& nodes() { return nodes_; }
  /// The one object for what `stat` describes, now known as `name` in `parent`.
  std::shared_ptr<HostInode> InodeFor(const kernel::HostStat& stat,
                                      const std::shared_ptr<HostInode>& parent,
                                      std::string_view name);
  void Forget(const HostInode& inode);

 private:
  HostFs(kernel::Host& host, std::unique_ptr<kernel::HostFolder> folder);

  kernel::Host& host_;
  std::unique_ptr<kernel::HostFolder> folder_;
  std::map<std::pair<uint64_t, uint64_t>, std::weak_ptr<HostInode>> inodes_;
  std::shared_ptr<HostInode> root_;
  HostNodes nodes_;
};

}  // namespace elfin::fs
