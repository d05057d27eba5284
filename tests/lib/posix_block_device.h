// A block device over a file of the host, for native tests.
#pragma once

#include <memory>
#include <string>

#include "blockfs/block_device.h"

namespace elfin::blockfs {

class PosixBlockDevice final : public BlockDevice {
 public:
  /// Fails the test run (CHECK) when the file can't be opened.
  explicit PosixBlockDevice(const std::string& path, bool read_only = false);
  ~PosixBlockDevice() override;

  uint64_t size() const override { return size_; }
  bool read_only() const override { return read_only_; }
  Task<Status> Read(uint64_t offset, void* to, size_t size) override;
  Task<Status> Write(uint64_t offset, const void* from, size_t size) override;
  /// Nothing: the tests' machine keeps its power.
  Task<Status> Flush() override { return kOk; }

 private:
  int descriptor_;
  uint64_t size_;
  bool read_only_;
};

}  // namespace elfin::blockfs
