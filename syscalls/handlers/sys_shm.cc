// System V shared memory.
#include <algorithm>
#include <set>

#include "syscalls/abi/mman.h"
#include "syscalls/handlers/ipc_caller.h"
#include "syscalls/ipc/system_v.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

using ipc::SharedSegment;
using SegmentPtr = std::shared_ptr<SharedSegment>;
using memory::Area;

/// Where the segment's first byte is, or would be, for an area that shows some of it.
uint64_t BaseOf(const Area& area) { return area.start - area.file_offset; }

/// shm_nattch: attachments in all memories.
uint64_t CountAttached(const Kernel& kernel, const SharedSegment& segment) {
  if (!segment.pages->has_users()) return 0;
  std::set<std::pair<const memory::AddressSpace*, uint64_t>> attached;
  for (const auto& [pid, process] : kernel.processes()) {
    if (process->memory == nullptr) continue;
    for (const auto& [start, area] : process->memory->areas()) {
      if (area.shared == segment.pages) attached.emplace(process->memory.get(), BaseOf(area));
    }
  }
  return attached.size();
}

uint64_t PagesOf(const SharedSegment& segment) {
  return RoundUp(segment.size, kPageSize) / kPageSize;
}

abi::ShmIdDs Describe(const Kernel& kernel, const SharedSegment& segment) {
  abi::ShmIdDs status{};
  status.perm = segment.Describe();
  if (segment.doomed) status.perm.mode |= abi::kShmDestroyed;
  if (segment.locked) status.perm.mode |= abi::kShmLocked;
  status.size = segment.size;
  status.attach_time = segment.attach_time_s;
  status.detach_time = segment.detach_time_s;
  status.change_time = segment.change_time_s;
  status.creator_pid = segment.creator_pid;
  status.last_pid = segment.last_pid;
  status.attached = CountAttached(kernel, segment);
  return status;
}

Task<Result<uint64_t>> Attach(SyscallContext& ctx, SegmentPtr segment, memory::MapRequest request) {
  const Result<uint64_t> at = co_await ctx.memory().Map(std::move(request));
  if (!at.ok()) co_return at.error() == Errno::kExist ? Errno::kInval : at.error();
  const ipc::IpcCaller caller = IpcCallerOf(ctx);
  segment->attach_time_s = caller.now_s;
  segment->last_pid = caller.pid;
  co_return at.value();
}

SyscallResult TellLimits(SyscallContext& ctx, GuestAddr to) {
  const ipc::SystemV& all = ctx.kernel.system_v();
  abi::ShmLimits limits{};
  limits.max_size = limits.max_pages = UINT64_MAX - (uint64_t{1} << 24);  // as Linux's
  limits.min_size = 1;
  limits.max_segments = limits.max_attached = SharedSegment::kMaxSegments;
  TRY(ctx.CopyOut(GuestPtr<abi::ShmLimits>{to}, limits));
  return static_cast<uint64_t>(all.segments.highest_place());
}

SyscallResult TellUsage(SyscallContext& ctx, GuestAddr to) {
  const ipc::SystemV& all = ctx.kernel.system_v();
  abi::ShmUsage usage{};
  usage.used_ids = static_cast<int32_t>(all.segments.count());
  all.segments.ForEach([&](const SegmentPtr& segment) { usage.total_pages += PagesOf(*segment); });
  usage.resident_pages = usage.total_pages;
  TRY(ctx.CopyOut(GuestPtr<abi::ShmUsage>{to}, usage));
  return static_cast<uint64_t>(all.segments.highest_place());
}

SyscallResult ChangeSegment(SyscallContext& ctx, SharedSegment& segment, int32_t command,
                            GuestAddr buffer) {
  const ipc::IpcCaller caller = IpcCallerOf(ctx);
  abi::ShmIdDs wanted{};
  if (command == abi::kIpcSet) wanted = TRY(ctx.CopyIn(GuestPtr<abi::ShmIdDs>{buffer}));
  TRY(segment.CheckOwner(caller));
  switch (command) {
    case abi::kIpcSet:
      segment.Change(caller, wanted.perm);
      break;
    case abi::kIpcRemove:
      segment.doomed = true;
      segment.ForgetKey();
      ctx.kernel.system_v().FreeDetached();
      break;
    default:
      segment.locked = command == abi::kShmLock;
      break;
  }
  return uint64_t{0};
}

}  // namespace

/// shmget(2): SHM_HUGETLB is refused.
SyscallResult SysShmget(SyscallContext& ctx, int32_t key, uint64_t size, int32_t flags) {
  const ipc::IpcCaller caller = IpcCallerOf(ctx);
  auto make = [&]() -> Result<SegmentPtr> {
    if (size == 0 || size > INT64_MAX || (flags & abi::kShmHugeTlb) != 0) return Errno::kInval;
    if (size > kGuestEnd) return Errno::kNoMem;
    return std::make_shared<SharedSegment>(caller, key, static_cast<uint32_t>(flags), size);
  };
  auto check = [size](const SharedSegment& segment) {
    return size > segment.size ? Status(Errno::kInval) : Status(kOk);
  };
  const int32_t id =
      TRY(ctx.kernel.system_v().segments.Get(caller, key, flags, std::move(make), check));
  return static_cast<uint64_t>(id);
}

/// shmat(2).
SyscallResult SysShmat(SyscallContext& ctx, int32_t id, GuestAddr address, int32_t flags) {
  SegmentPtr segment = TRY(ctx.kernel.system_v().segments.Find(id));
  const bool read_only = (flags & abi::kShmReadOnly) != 0;
  const uint32_t wanted =
      read_only ? ipc::IpcObject::kRead : ipc::IpcObject::kRead | ipc::IpcObject::kWrite;
  TRY(segment->CheckAccess(IpcCallerOf(ctx), wanted));
  memory::MapRequest request;
  request.length = segment->size;
  request.protection = memory::kProtRead;
  if (!read_only) request.protection |= memory::kProtWrite;
  if ((flags & abi::kShmExec) != 0) request.protection |= memory::kProtExecute;
  request.sharing = memory::Sharing::kShared;
  request.shared = segment->pages;
  if (address.is_null()) {
    if ((flags & abi::kShmRemap) != 0) return Errno::kInval;
    return Attach(ctx, std::move(segment), std::move(request));
  }
  request.address = address.value;
  if ((flags & abi::kShmRound) != 0) request.address = RoundDown(request.address, kPageSize);
  if (request.address % kPageSize != 0) return Errno::kInval;
  request.placement = (flags & abi::kShmRemap) != 0 ? memory::Placement::kFixed
                                                    : memory::Placement::kFixedNoReplace;
  return Attach(ctx, std::move(segment), std::move(request));
}

/// shmdt(2).
SyscallResult SysShmdt(SyscallContext& ctx, GuestAddr address) {
  ipc::SystemV& all = ctx.kernel.system_v();
  SegmentPtr found;
  std::vector<std::pair<uint64_t, uint64_t>> parts;
  for (const auto& [start, area] : ctx.memory().areas()) {
    if (area.shared == nullptr || BaseOf(area) != address.value) continue;
    if (found == nullptr && start == address.value) {
      all.segments.ForEach([&found, pages = area.shared](const SegmentPtr& segment) {
        if (segment->pages == pages) found = segment;
      });
    }
    if (found != nullptr && area.shared == found->pages) parts.emplace_back(start, area.size());
  }
  if (found == nullptr) return Errno::kInval;
  // Without a file nothing has to wait.
  for (const auto& [start, size] : parts) TRY(ctx.memory().Unmap(start, size).Take());
  const ipc::IpcCaller caller = IpcCallerOf(ctx);
  found->detach_time_s = caller.now_s;
  found->last_pid = caller.pid;
  all.FreeDetached();
  return uint64_t{0};
}

/// shmctl(2): SHM_LOCK is remembered only.
SyscallResult SysShmctl(SyscallContext& ctx, int32_t id, int32_t command, GuestAddr buffer) {
  ipc::SystemV& all = ctx.kernel.system_v();
  command &= ~abi::kIpc64;
  switch (command) {
    case abi::kIpcInfo:
      return TellLimits(ctx, buffer);
    case abi::kShmInfo:
      return TellUsage(ctx, buffer);
    case abi::kIpcStat:
    case abi::kShmStat:
    case abi::kShmStatAny: {
      const SegmentPtr segment =
          TRY(command == abi::kIpcStat ? all.segments.Find(id) : all.segments.FindPlace(id));
      if (command != abi::kShmStatAny) {
        TRY(segment->CheckAccess(IpcCallerOf(ctx), ipc::IpcObject::kRead));
      }
      TRY(ctx.CopyOut(GuestPtr<abi::ShmIdDs>{buffer}, Describe(ctx.kernel, *segment)));
      return static_cast<uint64_t>(command == abi::kIpcStat ? 0 : segment->id);
    }
    case abi::kIpcSet:
    case abi::kIpcRemove:
    case abi::kShmLock:
    case abi::kShmUnlock:
      return ChangeSegment(ctx, *TRY(all.segments.Find(id)), command, buffer);
    default:
      return Errno::kInval;
  }
}

}  // namespace elfin::kernel
