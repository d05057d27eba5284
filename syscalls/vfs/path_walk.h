// The walk from a path's text to a place in the tree: path_resolution(7).
//
//   PathWalk walk(caller, start);
//   CO_TRY(co_await walk.ToParent("a/b/../c/"));      // in a/b's parent; walk.name() == "c"
//   CO_ASSIGN(Path path, co_await walk.Last(LastSymlink::kFollow));
//
// Symlinks in the middle are followed, at most 40 in all (ELOOP). A path ends in a plain name, or
// in nothing but slashes, "." or ".." (then it can be walked to, but nothing can be made or removed
// there).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "syscalls/kernel/task.h"
#include "syscalls/vfs/fs_context.h"
#include "syscalls/vfs/path.h"

namespace elfin::vfs {

enum class LastSymlink { kFollow, kNoFollow };

class PathWalk {
 public:
  /// `start`: where a relative path begins. `resolve`: openat2's RESOLVE_… bits. The caller
  /// outlives it.
  PathWalk(const Caller& caller, Path start, uint64_t resolve = 0);

  /// Walks all but the last name. Errors: kNoEnt (also for ""), kNotDir, kAcces, kLoop,
  /// kNameTooLong (a name above 255 bytes), kXDev (resolve).
  Task<Status> ToParent(std::string_view path);
  /// Looks up the last name, and follows it if it is a symlink (always when slashes follow it).
  /// ToParent's answers change accordingly when a symlink was followed. Errors: as ToParent, and
  /// kNotDir where a slash follows what is no directory.
  Task<Result<Path>> Last(LastSymlink follow);

  // After ToParent, or after Last has failed with kNoEnt: where the last name would be. An empty
  // name after kNoEnt: the failure was on the way there.
  const Path& directory() const { return current_; }
  const std::string& name() const { return name_; }
  bool trailing_slash() const { return trailing_slash_; }
  /// The last component is a name, not "", "." or "..".
  bool has_plain_name() const { return !name_.empty() && name_ != "." && name_ != ".."; }

  /// ToParent and Last in one.
  Task<Result<Path>> To(std::string_view path, LastSymlink follow);

 private:
  Task<Result<Path>> Child(std::string_view name);
  Task<Result<Path>> AwaitChild(std::string_view name, Task<Result<InodePtr>> looking);
  /// What is at a child of the directory: where something is mounted over it, that.
  Result<Path> Enter(DentryPtr child) const;
  Task<Status> WalkToParent(std::string_view path);
  Task<Result<Path>> AwaitParent(Task<Status> walking, LastSymlink follow);
  Task<Result<Path>> FollowLast(Task<Result<Path>> child, LastSymlink follow);
  Result<Path> Up() const;
  Status CheckSymlink();
  Result<Path> Jump(const LinkTarget& target) const;

  const Caller& caller_;
  Path start_;
  Path root_;
  uint64_t resolve_;
  Path current_;
  std::string name_;
  bool trailing_slash_ = false;
  int symlinks_ = 0;
};

/// The usual case.
Task<Result<Path>> WalkTo(const Caller& caller, Path start, std::string path, LastSymlink follow);

}  // namespace elfin::vfs
