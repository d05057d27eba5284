// signalfd(2): pending signals of whoever reads, as records of a file.
#pragma once

#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/kernel/process.h"

namespace elfin::fs {

class SignalFile final : public AnonymousFile {
 public:
  SignalFile(vfs::Path path, uint32_t flags, kernel::Process& process, kernel::SignalSet set);

  kernel::SignalSet set() const { return set_; }
  void SetSignals(kernel::SignalSet set) { set_ = set; }

  /// struct signalfd_siginfo, as many as fit. Errors: kInval (not even one does), kAgain.
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options) override;
  Task<Result<size_t>> Write(vfs::DataSource&, vfs::IoOptions) override { return Errno::kInval; }
  uint32_t Poll() override;
  kernel::WaitQueue* wait_queue() override;
  SignalFile* signal_file() override { return this; }

 private:
  Task<Result<size_t>> ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options);
  kernel::Process* process() const;

  kernel::Kernel& kernel_;
  /// Whose signals poll looks at; a reader gets its own.
  const int32_t pid_;
  kernel::SignalSet set_;
};

}  // namespace elfin::fs
