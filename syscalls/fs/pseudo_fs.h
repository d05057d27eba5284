// Filesystems without a place in the tree: what the inodes of pipes, signalfds and pidfds belong
// to.
#pragma once

#include <memory>
#include <string_view>

#include "syscalls/vfs/mount_table.h"

namespace elfin::fs {

class PseudoFs final : public vfs::Filesystem {
 public:
  /// type: as /proc/filesystems has it. magic: statfs(2)'s f_type.
  PseudoFs(std::string_view type, uint64_t magic) : type_(type), magic_(magic) {}
  std::string_view type() const override { return type_; }
  vfs::InodePtr root() override { return nullptr; }
  vfs::FilesystemInfo Info() override {
    vfs::FilesystemInfo info;
    info.magic = magic_;
    return info;
  }
  uint64_t next_inode = 1;

 private:
  const std::string_view type_;
  const uint64_t magic_;
};

/// The machine's one mount of that type, made when it is first asked for.
inline vfs::MountPtr FindPseudoFs(vfs::MountTable& mounts, std::string_view type, uint64_t magic) {
  vfs::MountPtr mount = mounts.FindPseudo(type);
  return mount != nullptr ? mount : mounts.AddPseudo(std::make_shared<PseudoFs>(type, magic));
}

}  // namespace elfin::fs
