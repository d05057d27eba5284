// Events and timers as descriptors: eventfd, timerfd.
#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/time.h"
#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/fs/event_file.h"
#include "syscalls/fs/timer_file.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/guest_time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

constexpr uint32_t kEventSemaphore = 1;    // EFD_SEMAPHORE
constexpr uint32_t kTimerCancelOnSet = 2;  // TFD_TIMER_CANCEL_ON_SET
constexpr uint32_t kFileFlags = abi::kOCloExec | abi::kONonBlock;

Result<uint64_t> MakeEventFile(SyscallContext& context, uint32_t count, uint32_t flags) {
  if ((flags & ~(kEventSemaphore | kFileFlags)) != 0) return Errno::kInval;
  using Taking = fs::EventFile::Taking;
  vfs::Path path = fs::MakeAnonymousPath(CallerOf(context), "anon_inode:[eventfd]");
  auto file = std::make_shared<fs::EventFile>(
      std::move(path), abi::kORdWr | (flags & abi::kONonBlock), count,
      (flags & kEventSemaphore) != 0 ? Taking::kOne : Taking::kAll);
  return AddFile(context, std::move(file), flags);
}

Result<vfs::FilePtr> TimerFileAt(SyscallContext& context, Fd fd) {
  vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (file->timer_file() == nullptr) return Errno::kInval;
  return file;
}

abi::ITimerSpec Read(fs::TimerFile& timer) {
  const int64_t remaining = timer.RemainingNs();
  return {ToTimespec(timer.interval_ns()), ToTimespec(remaining)};
}

}  // namespace

/// eventfd: eventfd2 without flags.
SyscallResult SysEventfd(SyscallContext& context, uint32_t count) {
  return MakeEventFile(context, count, 0);
}

/// eventfd(2).
SyscallResult SysEventfd2(SyscallContext& context, uint32_t count, uint32_t flags) {
  return MakeEventFile(context, count, flags);
}

/// timerfd_create(2).
SyscallResult SysTimerfdCreate(SyscallContext& context, int32_t clock, uint32_t flags) {
  if ((flags & ~kFileFlags) != 0) return Errno::kInval;
  const bool alarm = clock == abi::kClockRealtimeAlarm || clock == abi::kClockBoottimeAlarm;
  if (clock != abi::kClockRealtime && clock != abi::kClockMonotonic &&
      clock != abi::kClockBoottime && !alarm) {
    return Errno::kInval;
  }
  if (alarm && !context.process.credentials.privileged()) return Errno::kPerm;
  vfs::Path path = fs::MakeAnonymousPath(CallerOf(context), "anon_inode:[timerfd]");
  auto file = std::make_shared<fs::TimerFile>(
      std::move(path), abi::kORdWr | (flags & abi::kONonBlock), context.kernel.scheduler(), clock);
  return AddFile(context, std::move(file), flags);
}

/// timerfd_settime(2). The realtime clock can't be set here, so TFD_TIMER_CANCEL_ON_SET has nothing
/// to tell.
SyscallResult SysTimerfdSettime(SyscallContext& context, Fd fd, uint32_t flags, GuestAddr wanted,
                                GuestAddr old) {
  const auto spec = TRY(context.CopyIn(GuestPtr<abi::ITimerSpec>{wanted}));
  constexpr uint32_t kAbsolute = static_cast<uint32_t>(abi::kTimerAbsolute);
  if ((flags & ~(kAbsolute | kTimerCancelOnSet)) != 0) return Errno::kInval;
  const int64_t interval_ns = TRY(TimespecToNs(spec.interval));
  const int64_t value_ns = TRY(TimespecToNs(spec.value));
  const vfs::FilePtr file = TRY(TimerFileAt(context, fd));
  fs::TimerFile& timer = *file->timer_file();
  const abi::ITimerSpec before = Read(timer);
  if (value_ns == 0) {
    timer.Stop();
  } else {
    const bool absolute = (flags & kAbsolute) != 0;
    timer.Start(TimerDeadline(context.kernel, timer.clock(), value_ns, absolute), interval_ns);
  }
  if (!old.is_null()) TRY(context.CopyOut(GuestPtr<abi::ITimerSpec>{old}, before));
  return uint64_t{0};
}

/// timerfd_gettime(2).
SyscallResult SysTimerfdGettime(SyscallContext& context, Fd fd, GuestAddr to) {
  const vfs::FilePtr file = TRY(TimerFileAt(context, fd));
  TRY(context.CopyOut(GuestPtr<abi::ITimerSpec>{to}, Read(*file->timer_file())));
  return uint64_t{0};
}

}  // namespace elfin::kernel
