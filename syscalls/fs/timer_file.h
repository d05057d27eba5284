// timerfd_create(2): a timer's expiries as a file.
#pragma once

#include <cstdint>

#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/kernel/scheduler.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::fs {

class TimerFile final : public AnonymousFile {
 public:
  TimerFile(vfs::Path path, uint32_t flags, kernel::Scheduler& scheduler, int32_t clock)
      : AnonymousFile(std::move(path), flags),
        scheduler_(scheduler),
        clock_(clock),
        timer_(*this) {}

  int32_t clock() const { return clock_; }
  /// Expires at `deadline_ns` of the monotonic clock, then each interval (0: once). Forgets
  /// expiries that nobody has read.
  void Start(int64_t deadline_ns, int64_t interval_ns);
  void Stop();
  /// Time until the next expiry, 0: it isn't armed.
  int64_t RemainingNs();
  int64_t interval_ns() const { return interval_ns_; }

  /// How often it has expired since the last read, eight bytes. Errors: kInval, kAgain.
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options) override;
  Task<Result<size_t>> Write(vfs::DataSource&, vfs::IoOptions) override { return Errno::kInval; }
  uint32_t Poll() override { return expiries_ > 0 ? uint32_t{vfs::kPollIn} : 0; }
  kernel::WaitQueue* wait_queue() override { return &queue_; }
  TimerFile* timer_file() override { return this; }

 private:
  class Clock final : public kernel::Timer {
   public:
    explicit Clock(TimerFile& file) : Timer(file.scheduler_), file_(file) {}

   private:
    void Expire() override { file_.Expired(); }
    TimerFile& file_;
  };

  void Expired();
  void CatchUp();
  Result<size_t> Take(vfs::DataSink& sink);
  Task<Result<size_t>> ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options);

  kernel::Scheduler& scheduler_;
  const int32_t clock_;
  Clock timer_;
  int64_t interval_ns_ = 0;
  int64_t last_ns_ = 0;  // the expiry that was noted last
  uint64_t expiries_ = 0;
  kernel::WaitQueue queue_;
};

}  // namespace elfin::fs
