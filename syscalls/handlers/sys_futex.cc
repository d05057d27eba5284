// Futexes.
#include "syscalls/handlers/guest_time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

// include/uapi/linux/futex.h
constexpr int32_t kWait = 0, kWake = 1, kRequeue = 3, kCompareRequeue = 4, kWakeOp = 5, kLockPi = 6,
                  kUnlockPi = 7, kTryLockPi = 8, kWaitBitset = 9, kWakeBitset = 10, kLockPi2 = 13,
                  kPrivate = 128, kClockRealtime = 256;

struct FutexCall {
  GuestAddr address;
  Futexes::Key key;
  uint32_t value;
  std::optional<int64_t> deadline_ns;  // monotonic
  uint32_t bitset;
};

/// Of the running call, whose operation says whether the word is private.
Futexes::Key KeyOf(const SyscallContext& ctx, GuestAddr address, int32_t operation) {
  return Futexes::KeyOf(ctx.memory(), address, (operation & kPrivate) != 0);
}

/// Errors: kFault, kInval.
Result<std::optional<int64_t>> ReadDeadline(SyscallContext& ctx, int32_t command, int32_t options,
                                            GuestAddr timeout) {
  if (timeout.is_null()) return std::optional<int64_t>();
  const int64_t ns = TRY(CopyInTimespec(ctx, timeout));
  const int64_t now = ctx.kernel.scheduler().Now();
  if (command == kWait) return std::optional<int64_t>(DeadlineAfter(now, ns));
  const bool realtime = (options & kClockRealtime) != 0 || command == kLockPi;
  if (!realtime) return std::optional<int64_t>(ns);
  const int64_t left = ns - ctx.kernel.Now(HostClock::kRealtime);
  return std::optional<int64_t>(DeadlineAfter(now, std::max<int64_t>(left, 0)));
}

/// FUTEX_WAIT with a relative timeout goes on by restart_syscall, the others from the start.
Task<Result<uint64_t>> WaitOnFutex(SyscallContext& ctx, FutexCall call) {
  CO_ASSIGN(const uint32_t word, ctx.CopyIn(GuestPtr<uint32_t>{call.address}));
  if (word != call.value) co_return Errno::kAgain;
  Status status =
      co_await ctx.kernel.futexes().WaitOn(ctx.thread, call.key, call.bitset, call.deadline_ns);
  if (status.ok()) co_return uint64_t{0};
  if (status.error() != Errno::kRestartSys || !call.deadline_ns) co_return status.error();
  ctx.thread.restart = [call](SyscallContext& again) { return WaitOnFutex(again, call); };
  co_return Errno::kRestartBlock;
}

int32_t SignExtended(uint32_t bits) { return static_cast<int32_t>(bits << 20) >> 20; }

/// FUTEX_WAKE_OP's encoding: operation 4 bits, comparison 4, operand 12, comparand 12.
uint32_t Operate(uint32_t encoded, uint32_t word) {
  constexpr uint32_t kShifted = 8;
  const uint32_t operation = encoded >> 28;
  uint32_t operand = static_cast<uint32_t>(SignExtended(encoded >> 12 & 0xfff));
  if ((operation & kShifted) != 0) operand = 1u << (operand & 31);
  switch (operation & ~kShifted) {
    case 0:
      return operand;
    case 1:
      return word + operand;
    case 2:
      return word | operand;
    case 3:
      return word & ~operand;
    default:
      return word ^ operand;
  }
}

bool Holds(uint32_t encoded, uint32_t word) {
  const auto value = static_cast<int32_t>(word);
  const int32_t comparand = SignExtended(encoded & 0xfff);
  switch (encoded >> 24 & 0xf) {
    case 0:
      return value == comparand;
    case 1:
      return value != comparand;
    case 2:
      return value < comparand;
    case 3:
      return value <= comparand;
    case 4:
      return value > comparand;
    default:
      return value >= comparand;
  }
}

struct WakeOp {
  Futexes::Key first;
  Futexes::Key second;
  GuestAddr second_word;
  uint32_t wake;
  uint32_t wake_second;
  uint32_t encoded;
};

Result<uint64_t> WakeAndOperate(SyscallContext& ctx, const WakeOp& call) {
  constexpr uint32_t kOperations = 4, kComparisons = 5;
  const bool known =
      (call.encoded >> 28 & 7) <= kOperations && (call.encoded >> 24 & 0xf) <= kComparisons;
  if (!known) return Errno::kNoSys;
  const GuestPtr<uint32_t> word{call.second_word};
  const uint32_t before = TRY(ctx.CopyIn(word));
  TRY(ctx.CopyOut(word, Operate(call.encoded, before)));
  Futexes& futexes = ctx.kernel.futexes();
  uint64_t woken = futexes.Wake(call.first, std::max(call.wake, 1u), UINT32_MAX);
  if (Holds(call.encoded, before)) {
    woken += futexes.Wake(call.second, std::max(call.wake_second, 1u), UINT32_MAX);
  }
  return woken;
}

/// One try at a lock whose word names its holder. True: it is ours. Errors: kDeadlk, kSrch, kFault.
Result<bool> TakeLock(SyscallContext& ctx, GuestAddr address) {
  const GuestPtr<uint32_t> lock{address};
  const uint32_t word = TRY(ctx.CopyIn(lock));
  const auto self = static_cast<uint32_t>(ctx.thread.tid());
  const uint32_t owner = word & kFutexOwner;
  if (owner == self) return Errno::kDeadlk;
  if (owner == 0) {
    TRY(ctx.CopyOut(lock, self | (word & (kFutexOwnerDied | kFutexWaiters))));
    return true;
  }
  if (ctx.kernel.FindThread(static_cast<Tid>(owner)) == nullptr) return Errno::kSrch;
  return false;
}

/// The holder hands the lock over (Unlock), so whoever is woken has it or tries again.
Task<Result<uint64_t>> Lock(SyscallContext& ctx, GuestAddr address, Futexes::Key key,
                            std::optional<int64_t> deadline_ns) {
  const auto self = static_cast<uint32_t>(ctx.thread.tid());
  for (bool waited = false;; waited = true) {
    CO_ASSIGN(const uint32_t word, ctx.CopyIn(GuestPtr<uint32_t>{address}));
    if (waited && (word & kFutexOwner) == self) co_return uint64_t{0};
    CO_ASSIGN(const bool taken, TakeLock(ctx, address));
    if (taken) co_return uint64_t{0};
    CO_TRY(ctx.CopyOut(GuestPtr<uint32_t>{address}, word | kFutexWaiters));
    Status status = co_await ctx.kernel.futexes().WaitOn(ctx.thread, key, UINT32_MAX, deadline_ns);
    if (status.ok()) continue;
    co_return status.error() == Errno::kRestartSys ? Errno::kRestartNoIntr : status.error();
  }
}

Result<uint64_t> Unlock(SyscallContext& ctx, GuestAddr address, Futexes::Key key) {
  const GuestPtr<uint32_t> lock{address};
  const uint32_t word = TRY(ctx.CopyIn(lock));
  if ((word & kFutexOwner) != static_cast<uint32_t>(ctx.thread.tid())) return Errno::kPerm;
  const Futexes::First next = ctx.kernel.futexes().FirstWaiter(key);
  const uint32_t waiters = next.others ? kFutexWaiters : 0;
  TRY(ctx.CopyOut(lock, static_cast<uint32_t>(next.tid) | waiters));
  ctx.kernel.futexes().Wake(key, 1, UINT32_MAX);
  return uint64_t{0};
}

}  // namespace

/// futex(2): the priority-inheriting locks lock, but nobody's priority changes;
/// FUTEX_WAIT_REQUEUE_PI is ENOSYS.
SyscallResult SysFutex(SyscallContext& ctx, GuestAddr address, int32_t operation, uint32_t value,
                       GuestAddr timeout, GuestAddr address2, uint32_t value3) {
  const int32_t command = operation & ~(kPrivate | kClockRealtime);
  const bool may_name_clock = command == kWaitBitset || command == kLockPi2;
  if ((operation & kClockRealtime) != 0 && !may_name_clock) return Errno::kNoSys;
  if (address.value % sizeof(uint32_t) != 0) return Errno::kInval;
  const Futexes::Key key = KeyOf(ctx, address, operation);
  const Futexes::Key key2 = KeyOf(ctx, address2, operation);
  Futexes& futexes = ctx.kernel.futexes();
  switch (command) {
    case kWait:
    case kWaitBitset: {
      const uint32_t bitset = command == kWait ? UINT32_MAX : value3;
      if (bitset == 0) return Errno::kInval;
      const auto deadline = TRY(ReadDeadline(ctx, command, operation, timeout));
      return WaitOnFutex(ctx, {address, key, value, deadline, bitset});
    }
    case kWake:
      return futexes.Wake(key, std::max(value, 1u), UINT32_MAX);
    case kWakeBitset:
      if (value3 == 0) return Errno::kInval;
      return futexes.Wake(key, std::max(value, 1u), value3);
    case kCompareRequeue:
      if (TRY(ctx.CopyIn(GuestPtr<uint32_t>{address})) != value3) return Errno::kAgain;
      [[fallthrough]];
    case kRequeue:
      if (address2.value % sizeof(uint32_t) != 0) return Errno::kInval;
      return futexes.Requeue(key, key2, value, timeout.value);
    case kWakeOp:
      if (address2.value % sizeof(uint32_t) != 0) return Errno::kInval;
      return WakeAndOperate(
          ctx, {key, key2, address2, value, static_cast<uint32_t>(timeout.value), value3});
    case kLockPi:
    case kLockPi2:
      return Lock(ctx, address, key, TRY(ReadDeadline(ctx, command, operation, timeout)));
    case kTryLockPi:
      return TRY(TakeLock(ctx, address)) ? SyscallResult(uint64_t{0}) : Errno::kAgain;
    case kUnlockPi:
      return Unlock(ctx, address, key);
    default:
      return Errno::kNoSys;
  }
}

}  // namespace elfin::kernel
