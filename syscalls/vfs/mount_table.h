// MountTable: which filesystem covers what. One for the machine.
#pragma once

#include <string>
#include <vector>

#include "syscalls/vfs/path.h"

namespace elfin::vfs {

class MountTable {
 public:
  /// The first mount. Precondition: none yet.
  Path MountRoot(FilesystemPtr filesystem, uint32_t flags, std::string source);
  /// Covers `at` (a directory, or a file by a filesystem whose root is none). Errors: kNotDir,
  /// kBusy.
  Result<Path> MountAt(const Path& at, FilesystemPtr filesystem, uint32_t flags,
                       std::string source);
  /// As MountAt, for a name in the directory `at` that need not exist there: for the machine's own
  /// /proc, /dev and the like over a root that has no such folder and can't get one.
  Result<Path> MountAtName(const Path& at, std::string_view name, FilesystemPtr filesystem,
                           uint32_t flags, std::string source);
  /// Errors: kInval (no mount's root), kBusy (the root, or something is mounted within).
  Status Unmount(const Path& root);

  /// The machine's root directory.
  Path root() const;
  /// Down: the root of what is mounted on `path`, as often as it goes.
  Path Enter(Path path) const;
  /// Up: from the root of a mount to what it covers, as often as it goes.
  Path Leave(Path path) const;

  const std::vector<MountPtr>& mounts() const { return mounts_; }

  /// The mount of a filesystem whose objects have no place in the tree ("pipefs"); nullptr: not yet
  /// added.
  MountPtr FindPseudo(std::string_view type) const;
  MountPtr AddPseudo(FilesystemPtr filesystem);
  /// What joins the two halves of a rename for who watches (inode_watch.h).
  uint32_t NextMoveCookie() { return ++last_move_cookie_; }

 private:
  MountPtr Register(FilesystemPtr filesystem, uint32_t flags, std::string source);

  std::vector<MountPtr> mounts_;
  std::vector<MountPtr> pseudo_mounts_;
  uint32_t next_id_ = 1;
  uint32_t last_move_cookie_ = 0;
};

}  // namespace elfin::vfs
