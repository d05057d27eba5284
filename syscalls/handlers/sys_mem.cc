// Memory: mmap and its relatives.
#include <algorithm>
#include <vector>

#include "syscalls/abi/mman.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/process_files.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

using memory::MapRequest;

constexpr int32_t kKnownMapFlags =
    abi::kMapTypeMask | abi::kMapFixed | abi::kMapAnonymous | abi::kMap32Bit | abi::kMapGrowsDown |
    abi::kMapDenyWrite | abi::kMapExecutable | abi::kMapLocked | abi::kMapNoReserve |
    abi::kMapPopulate | abi::kMapNonBlock | abi::kMapStack | abi::kMapFixedNoReplace;
constexpr int32_t kProtMask = abi::kProtRead | abi::kProtWrite | abi::kProtExec;

Result<memory::Sharing> SharingOf(int32_t flags) {
  switch (flags & abi::kMapTypeMask) {
    case abi::kMapPrivate:
      return memory::Sharing::kPrivate;
    case abi::kMapShared:
      return memory::Sharing::kShared;
    case abi::kMapSharedValidate:
      if ((flags & ~kKnownMapFlags) != 0) return Errno::kOpNotSupp;
      return memory::Sharing::kShared;
    default:
      return Errno::kInval;
  }
}

memory::Placement PlacementOf(int32_t flags) {
  if ((flags & abi::kMapFixedNoReplace) != 0) return memory::Placement::kFixedNoReplace;
  return (flags & abi::kMapFixed) != 0 ? memory::Placement::kFixed : memory::Placement::kAnywhere;
}

/// mlock(2) and its relatives without privilege and limit: EPERM.
Status CheckMayLock(const SyscallContext& ctx) {
  return ctx.memory().limits().locked == 0 ? Status(Errno::kPerm) : Status(kOk);
}

/// A program that looks at its own faults and takes permissions away means to have some: from then
/// on translated code checks every page. (munmap doesn't count: nobody means to touch what is
/// gone.)
void NoteTakenPermissions(SyscallContext& ctx, uint64_t address, uint64_t length,
                          uint8_t protection) {
  if (!ctx.process.actions.CatchesFaults()) return;
  const uint64_t end = address + std::min(length, kGuestEnd);
  for (const auto& [start, area] : ctx.memory().areas()) {
    if (start >= end || area.end <= address) continue;
    const uint8_t lost = area.protection & ~protection;
    if ((lost & (abi::kProtRead | abi::kProtWrite)) != 0) {
      return ctx.memory().memory().UsePageChecks();
    }
  }
}

SyscallResult FromStatus(const Status& status) {
  if (!status.ok()) return status.error();
  return uint64_t{0};
}

Task<Result<uint64_t>> AwaitStatus(Task<Status> task) {
  CO_TRY(co_await std::move(task));
  co_return uint64_t{0};
}

SyscallResult FromTask(Task<Status> task) {
  if (task.ready()) return FromStatus(task.Take());
  return AwaitStatus(std::move(task));
}

}  // namespace

/// mmap(2): MAP_32BIT is taken (all addresses are below 4 GiB), MAP_GROWSDOWN doesn't grow,
/// MAP_HUGETLB is refused.
SyscallResult SysMmap(SyscallContext& ctx, GuestAddr address, uint64_t length, int32_t protection,
                      int32_t flags, Fd fd, int64_t offset) {
  if ((offset & static_cast<int64_t>(kPageSize - 1)) != 0) return Errno::kInval;
  if (length == 0) return Errno::kInval;
  MapRequest request;
  request.sharing = TRY(SharingOf(flags));
  request.address = address.value;
  request.length = length;
  request.protection = static_cast<uint8_t>(protection & kProtMask);
  request.placement = PlacementOf(flags);
  request.grows_down = (flags & abi::kMapGrowsDown) != 0;
  request.locked = (flags & abi::kMapLocked) != 0;
  if ((flags & abi::kMapHugeTlb) != 0) return Errno::kNoMem;
  if ((flags & abi::kMapAnonymous) == 0) {
    const bool shared = request.sharing == memory::Sharing::kShared;
    vfs::MappableFile mappable = TRY(vfs::OpenMapping(ctx.process, fd, request.protection, shared));
    request.file = std::move(mappable.file);
    request.maximum_protection = mappable.maximum_protection;
    request.file_offset = static_cast<uint64_t>(offset);
  }
  if (request.locked) TRY(CheckMayLock(ctx));
  if (request.placement == memory::Placement::kFixed) {
    NoteTakenPermissions(ctx, request.address, length, request.protection);
  }
  return ctx.memory().Map(std::move(request));
}

/// munmap(2).
SyscallResult SysMunmap(SyscallContext& ctx, GuestAddr address, uint64_t length) {
  return FromTask(ctx.memory().Unmap(address.value, length));
}

/// mremap(2): MREMAP_DONTUNMAP and old_size 0 (a second view of shared pages) are refused.
SyscallResult SysMremap(SyscallContext& ctx, GuestAddr old_address, uint64_t old_length,
                        uint64_t new_length, int32_t flags, GuestAddr new_address) {
  if ((flags & ~(abi::kMremapMayMove | abi::kMremapFixed)) != 0) return Errno::kInval;
  const bool may_move = (flags & abi::kMremapMayMove) != 0;
  const bool fixed = (flags & abi::kMremapFixed) != 0;
  if (fixed && !may_move) return Errno::kInval;
  memory::RemapRequest request{old_address.value, old_length, new_length, may_move, std::nullopt};
  if (fixed) request.fixed_address = new_address.value;
  return ctx.memory().Remap(request);
}

/// mprotect(2): PROT_GROWSDOWN and PROT_GROWSUP are refused.
SyscallResult SysMprotect(SyscallContext& ctx, GuestAddr address, uint64_t length,
                          int32_t protection) {
  if ((protection & ~kProtMask) != 0) return Errno::kInval;
  NoteTakenPermissions(ctx, address.value, length, static_cast<uint8_t>(protection));
  return FromStatus(ctx.memory().Protect(address.value, length, static_cast<uint8_t>(protection)));
}

/// brk(2), the system call: returns the end that holds afterwards.
SyscallResult SysBrk(SyscallContext& ctx, GuestAddr address) {
  return ctx.memory().SetBreak(address.value);
}

/// madvise(2): MADV_DONTNEED and MADV_FREE empty the pages; advice without visible effect is taken.
SyscallResult SysMadvise(SyscallContext& ctx, GuestAddr address, uint64_t length, int32_t advice) {
  if (address.value % kPageSize != 0) return Errno::kInval;
  if (length > kGuestEnd) return Errno::kInval;
  switch (advice) {
    case abi::kMadvDontNeed:
    case abi::kMadvFree:
      if (length == 0) return uint64_t{0};
      return FromTask(ctx.memory().Discard(address.value, length));
    case abi::kMadvNormal:
    case abi::kMadvRandom:
    case abi::kMadvSequential:
    case abi::kMadvWillNeed:
    case abi::kMadvDontFork:
    case abi::kMadvDoFork:
    case abi::kMadvMergeable:
    case abi::kMadvUnmergeable:
    case abi::kMadvHugePage:
    case abi::kMadvNoHugePage:
    case abi::kMadvDontDump:
    case abi::kMadvDoDump:
    case abi::kMadvCold:
    case abi::kMadvPageOut:
    case abi::kMadvPopulateRead:
    case abi::kMadvPopulateWrite:
      if (!ctx.memory().IsMapped(address.value, RoundUp(length, kPageSize))) return Errno::kNoMem;
      return uint64_t{0};
    default:
      return Errno::kInval;
  }
}

/// msync(2): MS_ASYNC writes at once, too.
SyscallResult SysMsync(SyscallContext& ctx, GuestAddr address, uint64_t length, int32_t flags) {
  if ((flags & ~(abi::kMsAsync | abi::kMsInvalidate | abi::kMsSync)) != 0) return Errno::kInval;
  if ((flags & abi::kMsAsync) != 0 && (flags & abi::kMsSync) != 0) return Errno::kInval;
  if (address.value % kPageSize != 0) return Errno::kInval;
  if (address.value > kGuestEnd || length > kGuestEnd - address.value) return Errno::kNoMem;
  return FromTask(ctx.memory().Sync(address.value, length));
}

/// mincore(2): every mapped page is resident.
SyscallResult SysMincore(SyscallContext& ctx, GuestAddr address, uint64_t length,
                         GuestAddr vector) {
  if (address.value % kPageSize != 0) return Errno::kInval;
  if (address.value > kGuestEnd || length > kGuestEnd - address.value) return Errno::kNoMem;
  if (!ctx.memory().IsMapped(address.value, RoundUp(length, kPageSize))) return Errno::kNoMem;
  const std::vector<uint8_t> resident(RoundUp(length, kPageSize) / kPageSize, 1);
  TRY(ctx.CopyOut(vector, resident.data(), resident.size()));
  return uint64_t{0};
}

/// mlock(2): nothing is ever paged out, so checked and remembered.
SyscallResult SysMlock(SyscallContext& ctx, GuestAddr address, uint64_t length) {
  TRY(CheckMayLock(ctx));
  return FromStatus(ctx.memory().SetLocked(address.value, length, true));
}

/// mlock2(2): MLOCK_ONFAULT is the same, since all pages are there.
SyscallResult SysMlock2(SyscallContext& ctx, GuestAddr address, uint64_t length, uint32_t flags) {
  constexpr uint32_t kOnFault = 1;
  if ((flags & ~kOnFault) != 0) return Errno::kInval;
  return SysMlock(ctx, address, length);
}

/// munlock(2).
SyscallResult SysMunlock(SyscallContext& ctx, GuestAddr address, uint64_t length) {
  return FromStatus(ctx.memory().SetLocked(address.value, length, false));
}

/// mlockall(2): mappings made later are not marked.
SyscallResult SysMlockall(SyscallContext& ctx, int32_t flags) {
  const int32_t known = abi::kMclCurrent | abi::kMclFuture | abi::kMclOnFault;
  if (flags == 0 || (flags & ~known) != 0 || flags == abi::kMclOnFault) return Errno::kInval;
  TRY(CheckMayLock(ctx));
  const bool within = ctx.memory().mapped_bytes() <= ctx.memory().limits().locked;
  if ((flags & abi::kMclCurrent) != 0 && !within) return Errno::kNoMem;
  return uint64_t{0};
}

/// munlockall(2).
SyscallResult SysMunlockall(SyscallContext& ctx) {
  std::vector<std::pair<uint64_t, uint64_t>> locked;
  for (const auto& [start, area] : ctx.memory().areas()) {
    if (area.locked) locked.emplace_back(start, area.size());
  }
  for (const auto& [start, size] : locked) TRY(ctx.memory().SetLocked(start, size, false));
  return uint64_t{0};
}

}  // namespace elfin::kernel
