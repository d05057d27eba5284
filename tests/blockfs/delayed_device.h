// A device whose operations end when the test says so: for what happens while one waits.
#pragma once

#include <deque>
#include <functional>

#include "blockfs/block_device.h"
#include "blockfs/wait_list.h"

namespace elfin::blockfs {

class DelayedDevice final : public BlockDevice {
 public:
  explicit DelayedDevice(BlockDevice& below) : below_(below) {}
  uint64_t size() const override { return below_.size(); }
  Task<Status> Read(uint64_t offset, void* to, size_t size) override {
    ++reads;
    co_await ends_;
    co_return co_await below_.Read(offset, to, size);
  }
  Task<Status> Write(uint64_t offset, const void* from, size_t size) override {
    co_await ends_;
    co_return co_await below_.Write(offset, from, size);
  }
  Task<Status> Flush() override {
    co_await ends_;
    co_return co_await below_.Flush();
  }
  /// Ends the operation that has waited longest; false: there is none.
  bool Step() {
    if (ends_.empty()) return false;
    ends_.WakeOne();
    return true;
  }
  int reads = 0;

 private:
  BlockDevice& below_;
  WaitList ends_;
};

}  // namespace elfin::blockfs
