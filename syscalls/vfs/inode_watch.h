// Who is told what happens to a file (inotify(7)): the vfs tells, for all filesystems alike. What a
// host does to its folder from outside isn't told.
#pragma once

#include <cstdint>
#include <string_view>

#include "syscalls/abi/inotify.h"

namespace elfin::vfs {

class Inode;
struct Path;

class InodeWatch {
 public:
  /// `events`: IN_ bits. `name`: of the directory's entry that it happened to; empty: to the
  /// watched file itself. `cookie`: the same for both halves of a rename.
  virtual void Happened(uint32_t events, std::string_view name, uint32_t cookie) = 0;

 protected:
  ~InodeWatch() = default;
};

/// Something happened to an open or named file: tells its watches, and those of its directory.
void NotifyFile(const Path& path, uint32_t events);
/// Something happened to a name of a directory. `what`: what the name is of.
void NotifyEntry(Inode& directory, std::string_view name, const Inode& what, uint32_t events,
                 uint32_t cookie = 0);
/// A file itself has changed, under whatever name.
void NotifySelf(Inode& inode, uint32_t events);

}  // namespace elfin::vfs
