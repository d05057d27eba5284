// pidfd_open(2): a process as a file, which can be read as soon as it has ended.
#pragma once

#include "syscalls/kernel/process.h"
#include "syscalls/vfs/file.h"

namespace elfin::fs {

class ProcessFile final : public vfs::File {
 public:
  ProcessFile(vfs::Path path, uint32_t flags, const kernel::Process& process)
      : File(std::move(path), flags), pid_(process.pid), end_(process.end) {}

  /// 0: it is a zombie no longer; its number may be another's by now.
  kernel::Pid pid(kernel::Kernel& kernel) const;
  Task<Result<size_t>> Read(vfs::DataSink&, vfs::IoOptions) override { return Errno::kInval; }
  Task<Result<size_t>> Write(vfs::DataSource&, vfs::IoOptions) override { return Errno::kInval; }
  uint32_t Poll() override { return end_->has_come ? vfs::kPollIn | vfs::kPollReadNormal : 0; }
  kernel::WaitQueue* wait_queue() override { return &end_->queue; }
  ProcessFile* process_file() override { return this; }

 private:
  const kernel::Pid pid_;
  const std::shared_ptr<kernel::ProcessEnd> end_;
};

}  // namespace elfin::fs
