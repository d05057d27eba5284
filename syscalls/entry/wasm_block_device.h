// A block device of the host (a file, in Node), through kernel.wasm's imports.
#pragma once

#include "blockfs/block_device.h"

namespace elfin::kernel {

class WasmBlockDevice final : public blockfs::BlockDevice {
 public:
  /// `device`: the host's number for it.
  explicit WasmBlockDevice(int32_t device);

  uint64_t size() const override { return size_; }
  bool read_only() const override { return read_only_; }
  Task<Status> Read(uint64_t offset, void* to, size_t size) override;
  Task<Status> Write(uint64_t offset, const void* from, size_t size) override;
  Task<Status> Flush() override;

 private:
  int32_t device_;
  uint64_t size_;
  bool read_only_;
};

}  // namespace elfin::kernel
