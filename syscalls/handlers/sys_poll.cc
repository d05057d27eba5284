// Waiting for descriptors: poll and select.
//
//   ready ones?  →  answer          none  →  wait on all their queues, the deadline and signals  →
//   look again
#include <algorithm>
#include <vector>

#include "runtime/base/types.h"
#include "syscalls/abi/poll.h"
#include "syscalls/abi/time.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/wait_arguments.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/kernel/wait_queue.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

/// A descriptor and what is asked about it; `file` is null where it is not open.
struct Polled {
  vfs::FilePtr file;
  uint32_t events = 0;
  uint32_t ready = 0;
};

/// What poll reports whether asked for or not.
constexpr uint32_t kAlwaysReported = vfs::kPollErr | vfs::kPollHup | vfs::kPollInvalid;

uint64_t Look(std::vector<Polled>& polled) {
  uint64_t count = 0;
  for (Polled& each : polled) {
    if (each.file != nullptr) each.ready = each.file->Poll() & (each.events | kAlwaysReported);
    if (each.ready != 0) ++count;
  }
  return count;
}

/// The number of those that are ready, 0 after the deadline, or kRestartNoHand for a signal.
SyscallResult WaitForAny(SyscallContext& context, std::vector<Polled>& polled,
                         std::optional<int64_t> deadline) {
  for (;;) {
    const uint64_t count = Look(polled);
    if (count > 0) co_return count;
    if (deadline.has_value() && *deadline <= context.kernel.scheduler().Now())
      co_return uint64_t{0};
    Wait wait(context.thread);
    for (const Polled& each : polled) {
      WaitQueue* queue = each.file != nullptr ? each.file->wait_queue() : nullptr;
      if (queue != nullptr) wait.On(*queue);
    }
    if (deadline.has_value()) wait.Until(*deadline);
    const Status status = co_await wait;
    if (status.ok()) continue;
    if (status.error() == Errno::kTimedOut) co_return Look(polled);
    co_return status.error() == Errno::kRestartSys ? Errno::kRestartNoHand : status.error();
  }
}

// ---- poll ----

SyscallResult PollUntil(SyscallContext& context, GuestPtr<abi::PollFd> address, uint32_t count,
                        std::optional<int64_t> deadline) {
  if (count > context.process.limits[Resource::kFiles].current) co_return Errno::kInval;
  std::vector<abi::PollFd> fds(count);
  CO_TRY(context.CopyIn(address.address, fds.data(), count * sizeof(abi::PollFd)));
  std::vector<Polled> polled(count);
  for (uint32_t i = 0; i < count; ++i) {
    if (fds[i].fd < 0) continue;
    Result<vfs::FilePtr> file = context.process.files->Get(Fd{fds[i].fd});
    polled[i].events = fds[i].events;
    if (file.ok()) {
      polled[i].file = std::move(file).value();
    } else {
      polled[i].ready = vfs::kPollInvalid;
    }
  }
  const Result<uint64_t> ready = co_await WaitForAny(context, polled, deadline);
  if (!ready.ok()) co_return ready;
  for (uint32_t i = 0; i < count; ++i) {
    fds[i].returned = static_cast<uint16_t>(polled[i].ready);
  }
  CO_TRY(context.CopyOut(address.address, fds.data(), count * sizeof(abi::PollFd)));
  co_return ready;
}

/// poll goes on with the same deadline after a signal without handler.
SyscallResult PollRestartable(SyscallContext& context, GuestPtr<abi::PollFd> address,
                              uint32_t count, std::optional<int64_t> deadline) {
  const Result<uint64_t> result = co_await PollUntil(context, address, count, deadline);
  if (result.ok() || result.error() != Errno::kRestartNoHand) co_return result;
  context.thread.restart = [address, count, deadline](SyscallContext& again) {
    return PollRestartable(again, address, count, deadline);
  };
  co_return Errno::kRestartBlock;
}

// ---- The time left ----

int64_t Left(SyscallContext& context, int64_t deadline) {
  return std::max<int64_t>(deadline - context.kernel.scheduler().Now(), 0);
}

/// The time left goes back to the guest; where it can't be written, nothing is lost.
void StoreTimespec(SyscallContext& context, GuestAddr to, const Deadline& deadline) {
  if (to.is_null() || !deadline.has_value()) return;
  const int64_t left = Left(context, *deadline);
  const abi::Timespec time{left / abi::kNanosecondsPerSecond, left % abi::kNanosecondsPerSecond};
  (void)context.CopyOut(GuestPtr<abi::Timespec>{to}, time);
}

void StoreTimeval(SyscallContext& context, GuestAddr to, const Deadline& deadline) {
  if (to.is_null() || !deadline.has_value()) return;
  const int64_t left = Left(context, *deadline);
  const abi::Timeval time{left / abi::kNanosecondsPerSecond,
                          left % abi::kNanosecondsPerSecond / 1000};
  (void)context.CopyOut(GuestPtr<abi::Timeval>{to}, time);
}

// ---- select ----

constexpr uint32_t kSetEvents[3] = {abi::kSelectIn, abi::kSelectOut, abi::kSelectException};

/// The three sets of select, as words of 64 descriptors.
struct FdSets {
  GuestAddr address[3];
  std::vector<uint64_t> bits[3];
};

Result<FdSets> ReadSets(SyscallContext& context, int32_t count, const GuestAddr (&address)[3]) {
  if (count < 0) return Errno::kInval;
  FdSets sets;
  const uint64_t limit = context.process.limits[Resource::kFiles].current;
  const uint64_t words = (std::min<uint64_t>(static_cast<uint64_t>(count), limit) + 63) / 64;
  for (int i = 0; i < 3; ++i) {
    sets.address[i] = address[i];
    sets.bits[i].resize(words);
    if (address[i].is_null()) continue;
    TRY(context.CopyIn(address[i], sets.bits[i].data(), words * 8));
    const uint64_t extra =
        words * 64 - std::min<uint64_t>(static_cast<uint64_t>(count), words * 64);
    if (extra > 0 && words > 0) sets.bits[i].back() &= ~uint64_t{0} >> extra;
  }
  return sets;
}

SyscallResult SelectUntil(SyscallContext& context, FdSets sets, Deadline deadline) {
  std::vector<Polled> polled;
  std::vector<uint32_t> numbers;
  for (uint32_t fd = 0; fd < sets.bits[0].size() * 64; ++fd) {
    Polled each;
    for (int i = 0; i < 3; ++i) {
      if ((sets.bits[i][fd / 64] >> (fd % 64) & 1) != 0) each.events |= kSetEvents[i];
    }
    if (each.events == 0) continue;
    CO_ASSIGN(each.file, context.process.files->Get(Fd{static_cast<int32_t>(fd)}));
    polled.push_back(std::move(each));
    numbers.push_back(fd);
  }
  const Result<uint64_t> waited = co_await WaitForAny(context, polled, deadline);
  if (!waited.ok()) co_return waited;
  uint64_t count = 0;
  for (int i = 0; i < 3; ++i) {
    std::vector<uint64_t> result(sets.bits[i].size());
    for (size_t j = 0; j < polled.size(); ++j) {
      const uint64_t bit = uint64_t{1} << (numbers[j] % 64);
      const bool asked = (sets.bits[i][numbers[j] / 64] & bit) != 0;
      if (!asked || (polled[j].ready & kSetEvents[i]) == 0) continue;
      result[numbers[j] / 64] |= bit;
      ++count;
    }
    if (sets.address[i].is_null()) continue;
    CO_TRY(context.CopyOut(sets.address[i], result.data(), result.size() * 8));
  }
  co_return count;
}

}  // namespace

/// poll(2).
SyscallResult SysPoll(SyscallContext& context, GuestPtr<abi::PollFd> fds, uint32_t count,
                      int32_t timeout_ms) {
  return PollRestartable(context, fds, count, DeadlineFromMilliseconds(context, timeout_ms));
}

/// ppoll(2), the system call: the time left is written back.
SyscallResult SysPpoll(SyscallContext& context, GuestPtr<abi::PollFd> fds, uint32_t count,
                       GuestAddr timeout, GuestAddr mask, uint64_t mask_size) {
  CO_ASSIGN(const Deadline deadline, DeadlineFromTimespec(context, timeout));
  CO_TRY(UseTemporaryMask(context, mask, mask_size));
  const Result<uint64_t> result = co_await PollUntil(context, fds, count, deadline);
  StoreTimespec(context, timeout, deadline);
  co_return result;
}

/// select(2), the system call: the time left is written back.
SyscallResult SysSelect(SyscallContext& context, int32_t count, GuestAddr read, GuestAddr write,
                        GuestAddr except, GuestAddr timeout) {
  CO_ASSIGN(const Deadline deadline, DeadlineFromTimeval(context, timeout));
  CO_ASSIGN(FdSets sets, ReadSets(context, count, {read, write, except}));
  const Result<uint64_t> result = co_await SelectUntil(context, std::move(sets), deadline);
  StoreTimeval(context, timeout, deadline);
  co_return result;
}

/// pselect(2), the system call: the time left is written back.
SyscallResult SysPselect6(SyscallContext& context, int32_t count, GuestAddr read, GuestAddr write,
                          GuestAddr except, GuestAddr timeout, GuestAddr mask) {
  CO_ASSIGN(const Deadline deadline, DeadlineFromTimespec(context, timeout));
  CO_ASSIGN(FdSets sets, ReadSets(context, count, {read, write, except}));
  if (!mask.is_null()) {
    CO_ASSIGN(const abi::SigsetArgument argument,
              context.CopyIn(GuestPtr<abi::SigsetArgument>{mask}));
    CO_TRY(UseTemporaryMask(context, GuestAddr{argument.address}, argument.size));
  }
  const Result<uint64_t> result = co_await SelectUntil(context, std::move(sets), deadline);
  StoreTimespec(context, timeout, deadline);
  co_return result;
}

}  // namespace elfin::kernel
