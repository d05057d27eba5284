// Dentry, Mount, Path: where in the tree something is.
//
//     Path = { mount, dentry }        dentry → parent dentry → … → the root dentry of its
//     filesystem
//                                     mount  → parent mount, and the dentry there that it covers
//
// Dentries exist as long as somebody holds them (an open file, a working directory, a mount, a
// child): they say what ".." and getcwd need to know. They are no cache: each step of a walk asks
// the filesystem.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "syscalls/vfs/inode.h"

namespace elfin::vfs {

class Dentry;
using DentryPtr = std::shared_ptr<Dentry>;

/// A name in a directory, bound to an inode.
class Dentry : public std::enable_shared_from_this<Dentry> {
 public:
  /// A filesystem's root; or, with a name, something without a place in the tree.
  static DentryPtr MakeRoot(InodePtr inode, std::string name = {});
  /// The dentry of `name` in `parent` for `inode`: the one that lives, if it is for the same inode.
  static DentryPtr Child(const DentryPtr& parent, std::string_view name, const InodePtr& inode);
  ~Dentry();

  const InodePtr& inode() const { return inode_; }
  /// nullptr for a filesystem's root.
  const DentryPtr& parent() const { return parent_; }
  const std::string& name() const { return name_; }
  /// The name was unlinked: getcwd gives ENOENT, /proc says " (deleted)".
  bool removed() const { return removed_; }
  /// Whether `other` is this or lies above it.
  bool IsWithin(const Dentry& other) const;
  /// A living child, or nullptr. Does not ask the filesystem.
  DentryPtr FindChild(std::string_view name) const;

  /// A name that is no longer in the tree, or never was (O_TMPFILE).
  void MarkRemoved() { removed_ = true; }

  // To be called after the filesystem has done it; they keep living dentries in step.
  void ChildRemoved(std::string_view name);
  void ChildMoved(std::string_view name, const DentryPtr& to, std::string_view to_name);
  void ChildrenExchanged(std::string_view name, const DentryPtr& other,
                         std::string_view other_name);

  /// Number of mounts that cover this dentry (somewhere): EBUSY for rmdir and rename.
  int mounts = 0;

 private:
  Dentry(DentryPtr parent, std::string name, InodePtr inode);
  void Detach();
  void Attach(const DentryPtr& parent, std::string_view name);

  DentryPtr parent_;
  std::string name_;
  InodePtr inode_;
  bool removed_ = false;
  std::map<std::string, Dentry*, std::less<>>
      children_;  // children hold their parent, so none dangles
};

enum MountFlags : uint32_t {  // the values of mount(2) and statvfs(3)
  kMountReadOnly = 1,
  kMountNoSuid = 2,
  kMountNoDev = 4,
  kMountNoExec = 8,
};

class Mount;
using MountPtr = std::shared_ptr<Mount>;

/// A filesystem at a place in the tree.
class Mount {
 public:
  FilesystemPtr filesystem;
  DentryPtr root;
  MountPtr parent;     // nullptr for the machine's root
  DentryPtr covered;   // in the parent's filesystem
  uint32_t flags = 0;  // MountFlags
  std::string source;  // first column of /proc/mounts
  uint32_t id = 0;
  /// Holds what has no place in the tree: pipes, memfds. Their names stand for themselves:
  /// "pipe:[7]".
  bool pseudo = false;

  bool read_only() const { return (flags & kMountReadOnly) != 0; }
};

struct Path {
  MountPtr mount;
  DentryPtr dentry;

  bool valid() const { return dentry != nullptr; }
  const InodePtr& inode() const { return dentry->inode(); }
  bool operator==(const Path&) const = default;
};

/// The absolute name as seen from `root` (getcwd, /proc): "/", "/usr/bin". What was unlinked ends
/// in " (deleted)"; what can't be reached from `root` begins with "(unreachable)".
std::string PathText(const Path& path, const Path& root);

}  // namespace elfin::vfs
