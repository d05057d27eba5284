// A HostFolder of kernel.wasm: the host's JavaScript does the work, at once
// (web/host/node/node_folder.js) or later (web/host/handle_folder/).
#pragma once

#include "syscalls/kernel/host.h"

namespace elfin::kernel {

class WasmHostFolder : public HostFolder {
 public:
  /// `folder` is the host's number for it; the host keeps it for as long as the kernel lives.
  explicit WasmHostFolder(int32_t folder) : folder_(folder) {}

  Task<Result<HostStat>> Stat(std::string_view path) override;
  Task<Result<std::string>> ReadLink(std::string_view path) override;
  Task<Result<std::vector<HostDirEntry>>> List(std::string_view path) override;
  Task<Result<uint32_t>> Open(std::string_view path, uint32_t flags, uint32_t mode) override;
  void Close(uint32_t handle) override;
  Result<HostStat> StatHandle(uint32_t handle) override;
  Task<Result<size_t>> Read(uint32_t handle, uint64_t offset, void* to, size_t size) override;
  Task<Result<size_t>> Write(uint32_t handle, uint64_t offset, const void* from,
                             size_t size) override;
  Task<Status> Truncate(uint32_t handle, uint64_t size) override;
  Task<Status> Sync(uint32_t handle) override;
  Task<Status> Flush(uint32_t handle) override;
  Task<Status> SyncAll() override;
  Task<Status> MakeDirectory(std::string_view path, uint32_t mode) override;
  Task<Status> Remove(std::string_view path) override;
  Task<Status> RemoveDirectory(std::string_view path) override;
  Task<Status> Rename(std::string_view from, std::string_view to) override;
  Task<Status> Link(std::string_view from, std::string_view to) override;
  Task<Status> Symlink(std::string_view target, std::string_view path) override;
  Task<Status> ChangeMode(std::string_view path, uint32_t mode) override;
  Task<Status> ChangeOwner(std::string_view path, uint32_t uid, uint32_t gid) override;
  Task<Status> SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) override;

  /// The host's answer to a call that it had left pending: whoever waits goes on within the call.
  /// `result`: a number as the import would have given it; `size`: of the blob that goes with it.
  static void Done(uint32_t request, int32_t result, size_t size);

 private:
  const int32_t folder_;
};

}  // namespace elfin::kernel
