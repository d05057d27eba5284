// A HostFolder over a real folder, for native builds: what Node's does in the shipped one.
#pragma once

#include <memory>
#include <string>

#include "syscalls/kernel/host.h"

namespace elfin::testing {

class PosixHostFolder final : public kernel::HostFolder {
 public:
  /// Errors: those of opening the folder.
  static Result<std::unique_ptr<PosixHostFolder>> Open(const std::string& folder);
  ~PosixHostFolder() override;

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
  explicit PosixHostFolder(int root) : root_(root) {}
  int root_;
};

}  // namespace elfin::testing
