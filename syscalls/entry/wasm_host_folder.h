// A HostFolder of kernel.wasm: the host's JavaScript does the work (web/host/node/node_folder.js).
#pragma once

#include "syscalls/kernel/host.h"

namespace elfin::kernel {

class WasmHostFolder : public HostFolder {
 public:
  /// `folder` is the host's number for it; the host keeps it for as long as the kernel lives.
  explicit WasmHostFolder(int32_t folder) : folder_(folder) {}

  Result<HostStat> Stat(std::string_view path) override;
  Result<std::string> ReadLink(std::string_view path) override;
  Result<std::vector<HostDirEntry>> List(std::string_view path) override;
  Result<uint32_t> Open(std::string_view path, uint32_t flags, uint32_t mode) override;
  void Close(uint32_t handle) override;
  Result<HostStat> StatHandle(uint32_t handle) override;
  Result<size_t> Read(uint32_t handle, uint64_t offset, void* to, size_t size) override;
  Result<size_t> Write(uint32_t handle, uint64_t offset, const void* from, size_t size) override;
  Status Truncate(uint32_t handle, uint64_t size) override;
  Status Sync(uint32_t handle) override;
  Status MakeDirectory(std::string_view path, uint32_t mode) override;
  Status Remove(std::string_view path) override;
  Status RemoveDirectory(std::string_view path) override;
  Status Rename(std::string_view from, std::string_view to) override;
  Status Link(std::string_view from, std::string_view to) override;
  Status Symlink(std::string_view target, std::string_view path) override;
  Status ChangeMode(std::string_view path, uint32_t mode) override;
  Status ChangeOwner(std::string_view path, uint32_t uid, uint32_t gid) override;
  Status SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) override;

 private:
  const int32_t folder_;
};

}  // namespace elfin::kernel
