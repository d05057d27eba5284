// System V semaphores.
#include <algorithm>

#include "syscalls/handlers/guest_time.h"
#include "syscalls/handlers/ipc_caller.h"
#include "syscalls/ipc/system_v.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

using ipc::SemaphoreSet;
using SetPtr = std::shared_ptr<SemaphoreSet>;

Task<Result<uint64_t>> AwaitOperation(Task<Status> task) {
  CO_TRY(co_await std::move(task));
  co_return uint64_t{0};
}

SyscallResult Operate(SyscallContext& ctx, int32_t id, GuestAddr operations_at, uint64_t count,
                      std::optional<int64_t> deadline_ns) {
  if (count == 0) return Errno::kInval;
  if (count > SemaphoreSet::kMaxOperations) return Errno::k2Big;
  std::vector<abi::SemBuf> operations(count);
  TRY(ctx.CopyIn(operations_at, operations.data(), count * sizeof(abi::SemBuf)));
  SetPtr set = TRY(ctx.kernel.system_v().semaphores.Find(id));
  const bool alters = std::any_of(operations.begin(), operations.end(),
                                  [](const abi::SemBuf& one) { return one.operation != 0; });
  const uint32_t wanted = alters ? ipc::IpcObject::kWrite : ipc::IpcObject::kRead;
  for (const abi::SemBuf& operation : operations) {
    if (operation.number >= set->count()) return Errno::kFBig;
  }
  TRY(set->CheckAccess(IpcCallerOf(ctx), wanted));
  return AwaitOperation(
      SemaphoreSet::Operate(ctx.thread, std::move(set), std::move(operations), deadline_ns));
}

abi::SemIdDs Describe(const SemaphoreSet& set) {
  abi::SemIdDs status{};
  status.perm = set.Describe();
  status.operation_time = set.operation_time_s;
  status.change_time = set.change_time_s;
  status.count = set.count();
  return status;
}

/// IPC_INFO and SEM_INFO, which tells of use in two of the fields.
SyscallResult TellLimits(SyscallContext& ctx, int32_t command, GuestAddr to) {
  const ipc::SystemV& all = ctx.kernel.system_v();
  constexpr int32_t kSets = static_cast<int32_t>(SemaphoreSet::kMaxSets);
  constexpr int32_t kAll = kSets * SemaphoreSet::kMaxPerSet;
  constexpr int32_t kOperations = static_cast<int32_t>(SemaphoreSet::kMaxOperations);
  abi::SemInfo info{kAll,
                    kSets,
                    kAll,
                    kAll,
                    SemaphoreSet::kMaxPerSet,
                    kOperations,
                    kOperations,
                    20,
                    SemaphoreSet::kMaxValue,
                    SemaphoreSet::kMaxValue};
  if (command == abi::kSemInfo) {
    info.undo_size = static_cast<int32_t>(all.semaphores.count());
    info.max_adjustment = 0;
    all.semaphores.ForEach(
        [&](const SetPtr& set) { info.max_adjustment += static_cast<int32_t>(set->count()); });
  }
  TRY(ctx.CopyOut(GuestPtr<abi::SemInfo>{to}, info));
  return static_cast<uint64_t>(all.semaphores.highest_place());
}

SyscallResult ReadOne(const SemaphoreSet& set, int32_t number, int32_t command) {
  if (number < 0 || static_cast<size_t>(number) >= set.count()) return Errno::kInval;
  const auto index = static_cast<size_t>(number);
  switch (command) {
    case abi::kSemGetVal:
      return static_cast<uint64_t>(set.at(index).value);
    case abi::kSemGetPid:
      return static_cast<uint64_t>(set.at(index).last_pid);
    default:
      return set.CountWaiting(index, command == abi::kSemGetZCount);
  }
}

SyscallResult ReadAll(SyscallContext& ctx, const SemaphoreSet& set, GuestAddr to) {
  std::vector<uint16_t> values(set.count());
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<uint16_t>(set.at(i).value);
  TRY(ctx.CopyOut(to, values.data(), values.size() * sizeof(values[0])));
  return uint64_t{0};
}

SyscallResult WriteOne(SyscallContext& ctx, SemaphoreSet& set, int32_t number, int32_t value) {
  if (value < 0 || value > SemaphoreSet::kMaxValue) return Errno::kRange;
  TRY(set.CheckAccess(IpcCallerOf(ctx), ipc::IpcObject::kWrite));
  if (number < 0 || static_cast<size_t>(number) >= set.count()) return Errno::kInval;
  set.SetValue(IpcCallerOf(ctx), static_cast<size_t>(number), value);
  return uint64_t{0};
}

SyscallResult WriteAll(SyscallContext& ctx, SemaphoreSet& set, GuestAddr from) {
  TRY(set.CheckAccess(IpcCallerOf(ctx), ipc::IpcObject::kWrite));
  std::vector<uint16_t> values(set.count());
  TRY(ctx.CopyIn(from, values.data(), values.size() * sizeof(values[0])));
  const bool fit = std::all_of(values.begin(), values.end(),
                               [](uint16_t value) { return value <= SemaphoreSet::kMaxValue; });
  if (!fit) return Errno::kRange;
  for (size_t i = 0; i < values.size(); ++i) set.SetValue(IpcCallerOf(ctx), i, values[i]);
  return uint64_t{0};
}

SyscallResult ChangeSet(SyscallContext& ctx, SemaphoreSet& set, int32_t command, GuestAddr buffer) {
  const ipc::IpcCaller caller = IpcCallerOf(ctx);
  abi::SemIdDs wanted{};
  if (command == abi::kIpcSet) wanted = TRY(ctx.CopyIn(GuestPtr<abi::SemIdDs>{buffer}));
  TRY(set.CheckOwner(caller));
  if (command == abi::kIpcSet) {
    set.Change(caller, wanted.perm);
  } else {
    set.MarkRemoved();
    ctx.kernel.system_v().semaphores.Remove(set);
  }
  return uint64_t{0};
}

}  // namespace

/// semget(2).
SyscallResult SysSemget(SyscallContext& ctx, int32_t key, int32_t count, int32_t flags) {
  if (count < 0 || count > SemaphoreSet::kMaxPerSet) return Errno::kInval;
  const ipc::IpcCaller caller = IpcCallerOf(ctx);
  const auto wanted = static_cast<size_t>(count);
  auto make = [&]() -> Result<SetPtr> {
    if (wanted == 0) return Errno::kInval;
    return std::make_shared<SemaphoreSet>(caller, key, static_cast<uint32_t>(flags), wanted);
  };
  auto check = [wanted](const SemaphoreSet& set) {
    return wanted > set.count() ? Status(Errno::kInval) : Status(kOk);
  };
  const int32_t id =
      TRY(ctx.kernel.system_v().semaphores.Get(caller, key, flags, std::move(make), check));
  return static_cast<uint64_t>(id);
}

/// semop(2).
SyscallResult SysSemop(SyscallContext& ctx, int32_t id, GuestAddr operations, uint64_t count) {
  return Operate(ctx, id, operations, count, std::nullopt);
}

/// semtimedop(2).
SyscallResult SysSemtimedop(SyscallContext& ctx, int32_t id, GuestAddr operations, uint64_t count,
                            GuestAddr timeout) {
  if (timeout.is_null()) return Operate(ctx, id, operations, count, std::nullopt);
  const int64_t ns = TRY(CopyInTimespec(ctx, timeout));
  return Operate(ctx, id, operations, count, DeadlineAfter(ctx.kernel.scheduler().Now(), ns));
}

/// semctl(2).
SyscallResult SysSemctl(SyscallContext& ctx, int32_t id, int32_t number, int32_t command,
                        GuestAddr argument) {
  ipc::SystemV& all = ctx.kernel.system_v();
  command &= ~abi::kIpc64;
  switch (command) {
    case abi::kIpcInfo:
    case abi::kSemInfo:
      return TellLimits(ctx, command, argument);
    case abi::kIpcStat:
    case abi::kSemStat:
    case abi::kSemStatAny: {
      const SetPtr set =
          TRY(command == abi::kIpcStat ? all.semaphores.Find(id) : all.semaphores.FindPlace(id));
      if (command != abi::kSemStatAny) {
        TRY(set->CheckAccess(IpcCallerOf(ctx), ipc::IpcObject::kRead));
      }
      TRY(ctx.CopyOut(GuestPtr<abi::SemIdDs>{argument}, Describe(*set)));
      return static_cast<uint64_t>(command == abi::kIpcStat ? 0 : set->id);
    }
    default:
      break;
  }
  const SetPtr set = TRY(all.semaphores.Find(id));
  switch (command) {
    case abi::kSemGetAll:
    case abi::kSemGetVal:
    case abi::kSemGetPid:
    case abi::kSemGetNCount:
    case abi::kSemGetZCount:
      TRY(set->CheckAccess(IpcCallerOf(ctx), ipc::IpcObject::kRead));
      if (command == abi::kSemGetAll) return ReadAll(ctx, *set, argument);
      return ReadOne(*set, number, command);
    case abi::kSemSetVal:
      return WriteOne(ctx, *set, number, static_cast<int32_t>(argument.value));
    case abi::kSemSetAll:
      return WriteAll(ctx, *set, argument);
    case abi::kIpcSet:
    case abi::kIpcRemove:
      return ChangeSet(ctx, *set, command, argument);
    default:
      return Errno::kInval;
  }
}

}  // namespace elfin::kernel
