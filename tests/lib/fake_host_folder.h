// An in-memory twin of HostFolder: what the contract promises, with a switch for trouble.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "syscalls/kernel/host.h"

namespace elfin::testing {

class FakeHostFolder final : public kernel::HostFolder {
 public:
  FakeHostFolder();

  // For tests, behind the kernel's back.
  void AddFile(const std::string& path, std::string data, uint32_t permissions = 0644);
  void AddDirectory(const std::string& path);
  void AddSymlink(const std::string& path, const std::string& target);
  std::string Data(const std::string& path) const { return nodes_.at(path)->data; }
  bool Has(const std::string& path) const { return nodes_.count(path) != 0; }
  size_t open_handles() const { return handles_.size(); }
  /// Every path that was asked for went through here, so that tests see that none leaves the
  /// folder.
  bool saw_bad_path() const { return saw_bad_path_; }
  /// From now on reading and writing fails with kIo.
  bool broken = false;

  Task<Result<kernel::HostStat>> Stat(std::string_view path) override;
  Task<Result<std::string>> ReadLink(std::string_view path) override;
  Task<Result<std::vector<kernel::HostDirEntry>>> List(std::string_view path) override;
  Task<Result<uint32_t>> Open(std::string_view path, uint32_t flags, uint32_t mode) override;
  void Close(uint32_t handle) override;
  Result<kernel::HostStat> StatHandle(uint32_t handle) override;
  Task<Result<size_t>> Read(uint32_t handle, uint64_t offset, void* to, size_t size) override;
  Task<Result<size_t>> Write(uint32_t handle, uint64_t offset, const void* from,
                             size_t size) override;
  Task<Status> Truncate(uint32_t handle, uint64_t size) override;
  Task<Status> Sync(uint32_t handle) override;
  Task<Status> MakeDirectory(std::string_view path, uint32_t mode) override;
  Task<Status> Remove(std::string_view path) override;
  Task<Status> RemoveDirectory(std::string_view path) override;
  Task<Status> Rename(std::string_view from, std::string_view to) override;
  Task<Status> Link(std::string_view from, std::string_view to) override;
  Task<Status> Symlink(std::string_view target, std::string_view path) override;
  Task<Status> ChangeMode(std::string_view path, uint32_t mode) override;
  Task<Status> ChangeOwner(std::string_view path, uint32_t uid, uint32_t gid) override;
  Task<Status> SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) override;

 private:
  struct Node {
    kernel::HostStat stat;
    std::string data;  // or a symlink's target
  };
  using NodePtr = std::shared_ptr<Node>;
  struct Handle {
    NodePtr node;
    uint32_t flags;
  };

  NodePtr Make(const std::string& path, uint32_t mode);
  Result<NodePtr> Find(std::string_view path);
  Status CheckNew(std::string_view path);
  static kernel::HostStat StatOf(const Node& node);

  std::map<std::string, NodePtr> nodes_;
  std::map<uint32_t, Handle> handles_;
  uint32_t next_handle_ = 1;
  uint64_t next_inode_ = 100;
  bool saw_bad_path_ = false;
};

}  // namespace elfin::testing
