// Resource limits and accounting.
#include "syscalls/abi/time.h"
#include "syscalls/handlers/guest_time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/fd_table.h"

namespace elfin::kernel {

namespace {

constexpr int32_t kUsageSelf = 0, kUsageChildren = -1, kUsageThread = 1;
constexpr uint64_t kMaxOpenFiles = 1 << 20;  // fs.nr_open

Result<Resource> ToResource(int32_t number) {
  if (number < 0 || static_cast<uint32_t>(number) >= kResourceCount) return Errno::kInval;
  return static_cast<Resource>(number);
}

/// Changes a limit and what follows from it. Errors: kInval, kPerm.
Status SetLimit(Process& process, Resource resource, const ResourceLimit& wanted) {
  ResourceLimit& limit = process.limits[resource];
  if (wanted.current > wanted.maximum) return Errno::kInval;
  const bool privileged = process.credentials.privileged();
  if (wanted.maximum > limit.maximum && !privileged) return Errno::kPerm;
  if (resource == Resource::kFiles && wanted.maximum > kMaxOpenFiles) return Errno::kPerm;
  limit = wanted;
  memory::AddressSpace::Limits& memory = process.memory->limits();
  if (resource == Resource::kFiles) process.files->set_limit(limit.current);
  if (resource == Resource::kAddressSpace) memory.address_space = limit.current;
  if (resource == Resource::kData) memory.data = limit.current;
  if (resource == Resource::kLockedMemory && !privileged) memory.locked = limit.current;
  return kOk;
}

}  // namespace

/// getrlimit(2).
SyscallResult SysGetrlimit(SyscallContext& ctx, int32_t number, GuestAddr to) {
  const Resource resource = TRY(ToResource(number));
  TRY(ctx.CopyOut(GuestPtr<ResourceLimit>{to}, ctx.process.limits[resource]));
  return uint64_t{0};
}

/// setrlimit(2): files, processes, file size, processor time, stack (at exec), data, locked and all
/// memory have effects.
SyscallResult SysSetrlimit(SyscallContext& ctx, int32_t number, GuestAddr from) {
  const Resource resource = TRY(ToResource(number));
  const auto wanted = TRY(ctx.CopyIn(GuestPtr<ResourceLimit>{from}));
  TRY(SetLimit(ctx.process, resource, wanted));
  return uint64_t{0};
}

/// prlimit(2).
SyscallResult SysPrlimit64(SyscallContext& ctx, int32_t pid, int32_t number, GuestAddr wanted,
                           GuestAddr old) {
  Process* process = pid == 0 ? &ctx.process : ctx.kernel.FindProcess(pid);
  if (process == nullptr) return Errno::kSrch;
  const Credentials& own = ctx.process.credentials;
  if (!own.privileged() && own.real_uid != process->credentials.real_uid) return Errno::kPerm;
  const Resource resource = TRY(ToResource(number));
  const ResourceLimit before = process->limits[resource];
  if (!wanted.is_null()) {
    const auto limit = TRY(ctx.CopyIn(GuestPtr<ResourceLimit>{wanted}));
    TRY(SetLimit(*process, resource, limit));
  }
  if (!old.is_null()) TRY(ctx.CopyOut(GuestPtr<ResourceLimit>{old}, before));
  return uint64_t{0};
}

/// getrusage(2): all processor time counts as user time.
SyscallResult SysGetrusage(SyscallContext& ctx, int32_t who, GuestAddr to) {
  if (who != kUsageSelf && who != kUsageChildren && who != kUsageThread) return Errno::kInval;
  abi::Rusage usage{};
  if (who == kUsageChildren) {
    usage.user_time = ToTimeval(ctx.process.children_time.user);
  } else {
    const CpuTime time =
        who == kUsageSelf ? ctx.kernel.TimeOf(ctx.process) : ctx.kernel.TimeOf(ctx.thread);
    usage.user_time = ToTimeval(time.user);
    usage.max_resident_kib = static_cast<int64_t>(ctx.memory().mapped_bytes() >> 10);
  }
  TRY(ctx.CopyOut(GuestPtr<abi::Rusage>{to}, usage));
  return uint64_t{0};
}

/// times(2).
SyscallResult SysTimes(SyscallContext& ctx, GuestAddr to) {
  constexpr int64_t kNsPerTick = abi::kNanosecondsPerSecond / abi::kClockTicksPerSecond;
  const int64_t user = ctx.kernel.TimeOf(ctx.process).user / kNsPerTick;
  const int64_t children = ctx.process.children_time.user / kNsPerTick;
  if (!to.is_null()) TRY(ctx.CopyOut(GuestPtr<abi::Tms>{to}, abi::Tms{user, 0, children, 0}));
  return static_cast<uint64_t>(ctx.kernel.Now(HostClock::kMonotonic) / kNsPerTick);
}

}  // namespace elfin::kernel
