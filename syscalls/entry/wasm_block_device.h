// A block device of the host (a file, a web server, a browser's store), through kernel.wasm's
// imports.
#pragma once

#include <cstdint>
#include <string>

#include "blockfs/block_device.h"

namespace elfin::kernel {

class WasmBlockDevice final : public blockfs::BlockDevice {
 public:
  /// `device`: the host's number for it.
  explicit WasmBlockDevice(int32_t device);

  uint64_t size() const override { return size_; }
  bool read_only() const override { return read_only_; }
  bool is_distant() const override { return !reads_at_once_; }
  std::string identity() const override { return identity_; }
  Task<Status> Read(uint64_t offset, void* to, size_t size) override;
  uint64_t ForeignRun(uint64_t, uint64_t size) const override { return reads_at_once_ ? size : 0; }
  Status ReadForeign(uint64_t offset, const ForeignRange& to) override;
  Task<Status> Write(uint64_t offset, const void* from, size_t size) override;
  Task<Status> Flush() override;

  /// The host's answer to a request that it had left pending: whoever waits goes on within the
  /// call. `result`: 0 or -errno.
  static void Done(uint32_t request, int32_t result);

 private:
  int32_t device_;
  uint64_t size_;
  bool read_only_;
  bool reads_at_once_;
  std::string identity_;
};

}  // namespace elfin::kernel
