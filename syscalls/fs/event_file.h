// eventfd(2): a counter as a file.
#pragma once

#include <cstdint>

#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::fs {

class EventFile final : public AnonymousFile {
 public:
  enum class Taking : uint8_t { kAll, kOne };  // kOne: EFD_SEMAPHORE

  EventFile(vfs::Path path, uint32_t flags, uint64_t count, Taking taking)
      : AnonymousFile(std::move(path), flags), count_(count), taking_(taking) {}

  /// Eight bytes; waits while the counter is 0. Errors: kInval (fewer than eight), kAgain.
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options) override;
  /// Adds; waits while the sum would exceed 2^64 - 2. Errors: as Read, and kInval for 2^64 - 1.
  Task<Result<size_t>> Write(vfs::DataSource& source, vfs::IoOptions options) override;
  uint32_t Poll() override;
  kernel::WaitQueue* wait_queue() override { return &queue_; }

 private:
  static constexpr uint64_t kMost = UINT64_MAX - 1;
  Result<size_t> Take(vfs::DataSink& sink);
  Task<Result<size_t>> ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options);
  Task<Result<size_t>> WriteWhenRoom(uint64_t more, vfs::IoOptions options);
  size_t AddTo(uint64_t more);

  uint64_t count_;
  const Taking taking_;
  kernel::WaitQueue queue_;
};

}  // namespace elfin::fs
