#include "syscalls/fs/signal_file.h"

#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::fs {
namespace {

/// struct signalfd_siginfo (include/uapi/linux/signalfd.h).
struct SignalRecord {
  uint32_t signo;
  int32_t error;
  int32_t code;
  uint32_t pid;
  uint32_t uid;
  int32_t fd;
  uint32_t tid;
  uint32_t band;
  uint32_t overrun;
  uint32_t trap_number;
  int32_t status;
  int32_t value_int;
  uint64_t value_pointer;
  uint64_t user_time;
  uint64_t system_time;
  uint64_t address;
  uint8_t padding[48];
};
static_assert(sizeof(SignalRecord) == 128);

SignalRecord RecordOf(const abi::SigInfo& info) {
  SignalRecord record{};
  record.signo = static_cast<uint32_t>(info.signo);
  record.error = info.error;
  record.code = info.code;
  if (info.code == abi::kSiTimer) {
    record.tid = static_cast<uint32_t>(info.timer.id);
    record.overrun = static_cast<uint32_t>(info.timer.overrun);
    record.value_pointer = info.timer.value;
    record.value_int = static_cast<int32_t>(info.timer.value);
    return record;
  }
  record.pid = static_cast<uint32_t>(info.sender.pid);
  record.uid = info.sender.uid;
  if (info.signo == abi::kSigChld && info.code > 0) {
    record.status = info.child.status;
    record.user_time = static_cast<uint64_t>(info.child.user_time);
    record.system_time = static_cast<uint64_t>(info.child.system_time);
  } else if (info.code < 0) {
    record.value_pointer = info.sender.value;
    record.value_int = static_cast<int32_t>(info.sender.value);
  }
  return record;
}

}  // namespace

SignalFile::SignalFile(vfs::Path path, uint32_t flags, kernel::Process& process,
                       kernel::SignalSet set)
    : AnonymousFile(std::move(path), flags),
      kernel_(process.kernel),
      pid_(process.pid),
      set_(set) {}

kernel::Process* SignalFile::process() const { return kernel_.FindProcess(pid_); }

uint32_t SignalFile::Poll() {
  const kernel::Process* owner = process();
  if (owner == nullptr) return 0;
  uint64_t pending = owner->pending.set().bits;
  const kernel::Thread* current = kernel_.current();
  for (const auto& thread : owner->threads) {
    if (current == nullptr || thread.get() == current) pending |= thread->pending.set().bits;
  }
  return (pending & set_.bits) != 0 ? vfs::kPollIn | vfs::kPollReadNormal : 0;
}

kernel::WaitQueue* SignalFile::wait_queue() {
  kernel::Process* owner = process();
  return owner != nullptr ? &owner->signal_queue : nullptr;
}

Task<Result<size_t>> SignalFile::Read(vfs::DataSink& sink, vfs::IoOptions options) {
  if (sink.remaining() < sizeof(SignalRecord)) return Errno::kInval;
  if (options.waiter == nullptr) return Errno::kAgain;
  return ReadWhenThere(sink, options);
}

Task<Result<size_t>> SignalFile::ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options) {
  kernel::Thread& thread = *options.waiter;
  size_t done = 0;
  for (;;) {
    while (sink.remaining() >= sizeof(SignalRecord)) {
      const std::optional<abi::SigInfo> info = kernel::TakePendingSignal(thread, set_);
      if (!info) break;
      const SignalRecord record = RecordOf(*info);
      CO_ASSIGN(const size_t put, sink.Put(&record, sizeof(record)));
      done += put;
    }
    if (done != 0) co_return done;
    if (options.nonblocking) co_return Errno::kAgain;
    CO_TRY(co_await thread.process().signal_queue.Wait(thread));
  }
}

}  // namespace elfin::fs
