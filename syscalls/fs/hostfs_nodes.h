// What a guest makes in a host folder and the host has no file for: FIFOs and sockets. They are the
// guest's alone, and last as long as the machine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "syscalls/fs/tmpfs.h"

namespace elfin::fs {

class HostNodes {
 public:
  explicit HostNodes(kernel::Host& host) : filesystem_(TmpFs::Make(host, {})) {}

  /// The host's numbers of a directory: of its device, of its inode.
  using Directory = std::pair<uint64_t, uint64_t>;

  static bool Keeps(vfs::FileType type) {
    return type == vfs::FileType::kFifo || type == vfs::FileType::kSocket;
  }
  /// nullptr: there is none of that name.
  vfs::InodePtr Find(const Directory& directory, std::string_view name) const;
  /// Precondition: nothing is there under that name.
  vfs::InodePtr Add(const Directory& directory, std::string_view name, const vfs::NewInode& what);
  void Put(const Directory& directory, std::string_view name, vfs::InodePtr node);
  /// What was there; nullptr: nothing.
  vfs::InodePtr Take(const Directory& directory, std::string_view name);
  bool HasAny(const Directory& directory) const { return nodes_.count(directory) != 0; }
  void ForEach(const Directory& directory,
               const std::function<void(const std::string&, vfs::Inode&)>& visit) const;

 private:
  std::shared_ptr<TmpFs> filesystem_;
  std::map<Directory, std::map<std::string, vfs::InodePtr, std::less<>>> nodes_;
};

}  // namespace elfin::fs
