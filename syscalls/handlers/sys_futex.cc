// Futexes.
#include "syscalls/handlers/guest_time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

// include/uapi/linux/futex.h
constexpr int32_t kWait = 0, kWake = 1, kRequeue = 3, kCompareRequeue = 4, kWaitBitset = 9,
                  kWakeBitset = 10, kPrivate = 128, kClockRealtime = 256;

struct FutexCall {
  GuestAddr address;
  uint32_t value;
  std::optional<int64_t> deadline_ns;  // monotonic
  uint32_t bitset;
};

/// Errors: kFault, kInval.
Result<std::optional<int64_t>> ReadDeadline(SyscallContext& ctx, int32_t command, int32_t options,
                                            GuestAddr timeout) {
  if (timeout.is_null()) return std::optional<int64_t>();
  const int64_t ns = TRY(CopyInTimespec(ctx, timeout));
  const int64_t now = ctx.kernel.scheduler().Now();
  if (command == kWait) return std::optional<int64_t>(DeadlineAfter(now, ns));
  if ((options & kClockRealtime) == 0) return std::optional<int64_t>(ns);
  const int64_t left = ns - ctx.kernel.Now(HostClock::kRealtime);
  return std::optional<int64_t>(DeadlineAfter(now, std::max<int64_t>(left, 0)));
}

/// FUTEX_WAIT with a relative timeout goes on by restart_syscall, the others from the start.
Task<Result<uint64_t>> WaitOnFutex(SyscallContext& ctx, FutexCall call) {
  CO_ASSIGN(const uint32_t word, ctx.CopyIn(GuestPtr<uint32_t>{call.address}));
  if (word != call.value) co_return Errno::kAgain;
  const Futexes::Key key{ctx.process.pid, call.address.value};
  Status status =
      co_await ctx.kernel.futexes().WaitOn(ctx.thread, key, call.bitset, call.deadline_ns);
  if (status.ok()) co_return uint64_t{0};
  if (status.error() != Errno::kRestartSys || !call.deadline_ns) co_return status.error();
  ctx.thread.restart = [call](SyscallContext& again) { return WaitOnFutex(again, call); };
  co_return Errno::kRestartBlock;
}

}  // namespace

/// futex(2): waiting, waking and requeueing; priority inheritance and FUTEX_WAKE_OP are ENOSYS.
SyscallResult SysFutex(SyscallContext& ctx, GuestAddr address, int32_t operation, uint32_t value,
                       GuestAddr timeout, GuestAddr address2, uint32_t value3) {
  const int32_t command = operation & ~(kPrivate | kClockRealtime);
  if ((operation & kClockRealtime) != 0 && command != kWaitBitset) return Errno::kNoSys;
  if (address.value % sizeof(uint32_t) != 0) return Errno::kInval;
  const Futexes::Key key{ctx.process.pid, address.value};
  const Futexes::Key key2{ctx.process.pid, address2.value};
  switch (command) {
    case kWait:
    case kWaitBitset: {
      const uint32_t bitset = command == kWait ? UINT32_MAX : value3;
      if (bitset == 0) return Errno::kInval;
      const auto deadline = TRY(ReadDeadline(ctx, command, operation, timeout));
      return WaitOnFutex(ctx, {address, value, deadline, bitset});
    }
    case kWake:
      return ctx.kernel.futexes().Wake(key, std::max(value, 1u), UINT32_MAX);
    case kWakeBitset:
      if (value3 == 0) return Errno::kInval;
      return ctx.kernel.futexes().Wake(key, std::max(value, 1u), value3);
    case kCompareRequeue:
      if (TRY(ctx.CopyIn(GuestPtr<uint32_t>{address})) != value3) return Errno::kAgain;
      [[fallthrough]];
    case kRequeue:
      if (address2.value % sizeof(uint32_t) != 0) return Errno::kInval;
      return ctx.kernel.futexes().Requeue(key, key2, value, timeout.value);
    default:
      return Errno::kNoSys;
  }
}

}  // namespace elfin::kernel
