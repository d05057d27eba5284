#include "syscalls/fs/timer_file.h"

#include <algorithm>

namespace elfin::fs {

void TimerFile::Start(int64_t deadline_ns, int64_t interval_ns) {
  expiries_ = 0;
  interval_ns_ = interval_ns;
  timer_.Arm(deadline_ns);
}

void TimerFile::Stop() {
  expiries_ = 0;
  interval_ns_ = 0;
  timer_.Disarm();
}

/// A periodic timer isn't armed again before somebody looks, so that one which nobody reads costs
/// nothing.
void TimerFile::Expired() {
  last_ns_ = timer_.deadline();
  ++expiries_;
  queue_.WakeAll(vfs::kPollIn);
}

/// Counts the expiries since, and arms the timer for the next.
void TimerFile::CatchUp() {
  if (expiries_ == 0 || interval_ns_ == 0 || timer_.armed()) return;
  const int64_t more = std::max<int64_t>(scheduler_.Now() - last_ns_, 0) / interval_ns_;
  expiries_ += static_cast<uint64_t>(more);
  last_ns_ += more * interval_ns_;
  timer_.Arm(last_ns_ > INT64_MAX - interval_ns_ ? INT64_MAX : last_ns_ + interval_ns_);
}

int64_t TimerFile::RemainingNs() {
  CatchUp();
  if (!timer_.armed()) return 0;
  return std::max<int64_t>(timer_.deadline() - scheduler_.Now(), 1);
}

Result<size_t> TimerFile::Take(vfs::DataSink& sink) {
  CatchUp();
  const uint64_t count = std::exchange(expiries_, 0);
  return sink.Put(&count, sizeof(count));
}

Task<Result<size_t>> TimerFile::Read(vfs::DataSink& sink, vfs::IoOptions options) {
  if (sink.remaining() < sizeof(uint64_t)) return Errno::kInval;
  if (expiries_ > 0) return Take(sink);
  if (options.nonblocking || options.waiter == nullptr) return Errno::kAgain;
  return ReadWhenThere(sink, options);
}

Task<Result<size_t>> TimerFile::ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options) {
  while (expiries_ == 0) CO_TRY(co_await queue_.Wait(*options.waiter));
  co_return Take(sink);
}

}  // namespace elfin::fs
