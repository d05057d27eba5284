#include "syscalls/fs/event_file.h"

namespace elfin::fs {

Result<size_t> EventFile::Take(vfs::DataSink& sink) {
  const uint64_t value = taking_ == Taking::kOne ? 1 : count_;
  count_ -= value;
  queue_.WakeAll(vfs::kPollCanWrite);
  return sink.Put(&value, sizeof(value));
}

Task<Result<size_t>> EventFile::Read(vfs::DataSink& sink, vfs::IoOptions options) {
  if (sink.remaining() < sizeof(uint64_t)) return Errno::kInval;
  if (count_ > 0) return Take(sink);
  if (options.nonblocking || options.waiter == nullptr) return Errno::kAgain;
  return ReadWhenThere(sink, options);
}

Task<Result<size_t>> EventFile::ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options) {
  while (count_ == 0) CO_TRY(co_await queue_.Wait(*options.waiter));
  co_return Take(sink);
}

size_t EventFile::AddTo(uint64_t more) {
  count_ += more;
  queue_.WakeAll(vfs::kPollCanRead);
  return sizeof(more);
}

Task<Result<size_t>> EventFile::Write(vfs::DataSource& source, vfs::IoOptions options) {
  uint64_t more = 0;
  if (source.remaining() < sizeof(more)) return Errno::kInval;
  if (TRY(source.Take(&more, sizeof(more))) < sizeof(more)) return Errno::kFault;
  if (more == UINT64_MAX) return Errno::kInval;
  if (more <= kMost - count_) return AddTo(more);
  if (options.nonblocking || options.waiter == nullptr) return Errno::kAgain;
  return WriteWhenRoom(more, options);
}

Task<Result<size_t>> EventFile::WriteWhenRoom(uint64_t more, vfs::IoOptions options) {
  while (more > kMost - count_) CO_TRY(co_await queue_.Wait(*options.waiter));
  co_return AddTo(more);
}

uint32_t EventFile::Poll() {
  uint32_t ready = 0;
  if (count_ > 0) ready |= vfs::kPollIn;
  if (count_ < kMost) ready |= vfs::kPollOut;
  return ready;
}

}  // namespace elfin::fs
