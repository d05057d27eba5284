// Changing what files are: chmod, chown, times, truncate.
#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/time.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/attribute_ops.h"

namespace elfin::kernel {
namespace {

SyscallResult Chmod(SyscallContext& context, Fd directory, GuestPtr<char> path, uint32_t mode,
                    uint32_t flags) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::Path found, co_await PathAt(context, caller, directory, path, flags));
  CO_TRY(co_await vfs::ChangeMode(caller, std::move(found), mode));
  co_return uint64_t{0};
}

/// -1 leaves an id as it is.
std::optional<uint32_t> IdOf(int32_t id) {
  return id == -1 ? std::nullopt : std::optional<uint32_t>(static_cast<uint32_t>(id));
}

SyscallResult Chown(SyscallContext& context, Fd directory, GuestPtr<char> path, int32_t uid,
                    int32_t gid, uint32_t flags) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::Path found, co_await PathAt(context, caller, directory, path, flags));
  CO_TRY(co_await vfs::ChangeOwner(caller, std::move(found), IdOf(uid), IdOf(gid)));
  co_return uint64_t{0};
}

SyscallResult SetTimes(SyscallContext& context, Fd directory, GuestPtr<char> path,
                       vfs::TimeChange change, uint32_t flags) {
  const vfs::Caller caller = CallerOf(context);
  vfs::Path found;
  if (path.is_null() && directory != kWorkingDirectory) {  // futimens
    CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(directory));
    found = file->path();
  } else {
    CO_ASSIGN(found, co_await PathAt(context, caller, directory, path, flags));
  }
  CO_TRY(co_await vfs::ChangeTimes(caller, std::move(found), change));
  co_return uint64_t{0};
}

vfs::TimeChange BothNow(SyscallContext& context) {
  const vfs::FileTime now = context.kernel.Now(HostClock::kRealtime);
  return {now, now, true};
}

/// Seconds beyond what a FileTime holds are cut off at its ends.
vfs::FileTime ToFileTime(int64_t seconds, int64_t nanoseconds) {
  constexpr int64_t kLimit = INT64_MAX / abi::kNanosecondsPerSecond - 1;
  seconds = std::min(std::max(seconds, -kLimit), kLimit);
  return seconds * abi::kNanosecondsPerSecond + nanoseconds;
}

Result<std::optional<vfs::FileTime>> FromTimespec(const abi::Timespec& time, vfs::FileTime now) {
  if (time.nanoseconds == abi::kUtimeOmit) return std::optional<vfs::FileTime>();
  if (time.nanoseconds == abi::kUtimeNow) return std::optional<vfs::FileTime>(now);
  if (time.nanoseconds < 0 || time.nanoseconds >= abi::kNanosecondsPerSecond) return Errno::kInval;
  return std::optional<vfs::FileTime>(ToFileTime(time.seconds, time.nanoseconds));
}

/// utimes and futimesat: two timevals, or null for now.
Result<vfs::TimeChange> FromTimevals(SyscallContext& context, GuestAddr times) {
  if (times.is_null()) return BothNow(context);
  abi::Timeval values[2];
  TRY(context.CopyIn(times, values, sizeof(values)));
  for (const abi::Timeval& value : values) {
    if (value.microseconds < 0 || value.microseconds >= 1'000'000) return Errno::kInval;
  }
  return vfs::TimeChange{ToFileTime(values[0].seconds, values[0].microseconds * 1000),
                         ToFileTime(values[1].seconds, values[1].microseconds * 1000), false};
}

}  // namespace

/// chmod(2).
SyscallResult SysChmod(SyscallContext& context, GuestPtr<char> path, uint32_t mode) {
  return Chmod(context, kWorkingDirectory, path, mode, 0);
}

/// fchmod(2).
SyscallResult SysFchmod(SyscallContext& context, Fd fd, uint32_t mode) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  CO_TRY(co_await vfs::ChangeMode(caller, file->path(), mode));
  co_return uint64_t{0};
}

/// fchmodat(2), the call of three arguments.
SyscallResult SysFchmodat(SyscallContext& context, Fd directory, GuestPtr<char> path,
                          uint32_t mode) {
  return Chmod(context, directory, path, mode, 0);
}

/// fchmodat2(2).
SyscallResult SysFchmodat2(SyscallContext& context, Fd directory, GuestPtr<char> path,
                           uint32_t mode, uint32_t flags) {
  if ((flags & ~(abi::kAtSymlinkNoFollow | abi::kAtEmptyPath)) != 0) return Errno::kInval;
  return Chmod(context, directory, path, mode, flags);
}

/// chown(2).
SyscallResult SysChown(SyscallContext& context, GuestPtr<char> path, int32_t uid, int32_t gid) {
  return Chown(context, kWorkingDirectory, path, uid, gid, 0);
}

/// lchown(2).
SyscallResult SysLchown(SyscallContext& context, GuestPtr<char> path, int32_t uid, int32_t gid) {
  return Chown(context, kWorkingDirectory, path, uid, gid, abi::kAtSymlinkNoFollow);
}

/// fchown(2).
SyscallResult SysFchown(SyscallContext& context, Fd fd, int32_t uid, int32_t gid) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  CO_TRY(co_await vfs::ChangeOwner(caller, file->path(), IdOf(uid), IdOf(gid)));
  co_return uint64_t{0};
}

/// fchownat(2).
SyscallResult SysFchownat(SyscallContext& context, Fd directory, GuestPtr<char> path, int32_t uid,
                          int32_t gid, uint32_t flags) {
  if ((flags & ~(abi::kAtSymlinkNoFollow | abi::kAtEmptyPath)) != 0) return Errno::kInval;
  return Chown(context, directory, path, uid, gid, flags);
}

/// utime(2).
SyscallResult SysUtime(SyscallContext& context, GuestPtr<char> path, GuestAddr times) {
  if (times.is_null()) return SetTimes(context, kWorkingDirectory, path, BothNow(context), 0);
  int64_t seconds[2];
  TRY(context.CopyIn(times, seconds, sizeof(seconds)));
  return SetTimes(context, kWorkingDirectory, path,
                  {ToFileTime(seconds[0], 0), ToFileTime(seconds[1], 0), false}, 0);
}

/// utimes(2).
SyscallResult SysUtimes(SyscallContext& context, GuestPtr<char> path, GuestAddr times) {
  return SetTimes(context, kWorkingDirectory, path, TRY(FromTimevals(context, times)), 0);
}

/// futimesat(2).
SyscallResult SysFutimesat(SyscallContext& context, Fd directory, GuestPtr<char> path,
                           GuestAddr times) {
  return SetTimes(context, directory, path, TRY(FromTimevals(context, times)), 0);
}

/// utimensat(2).
SyscallResult SysUtimensat(SyscallContext& context, Fd directory, GuestPtr<char> path,
                           GuestAddr times, uint32_t flags) {
  if ((flags & ~(abi::kAtSymlinkNoFollow | abi::kAtEmptyPath)) != 0) return Errno::kInval;
  if (path.is_null() && flags != 0) return Errno::kInval;
  if (times.is_null()) return SetTimes(context, directory, path, BothNow(context), flags);
  abi::Timespec values[2];
  TRY(context.CopyIn(times, values, sizeof(values)));
  const vfs::FileTime now = context.kernel.Now(HostClock::kRealtime);
  const bool both_now =
      values[0].nanoseconds == abi::kUtimeNow && values[1].nanoseconds == abi::kUtimeNow;
  const vfs::TimeChange change{TRY(FromTimespec(values[0], now)), TRY(FromTimespec(values[1], now)),
                               both_now};
  // Nothing to change: not even the path is looked at, as in Linux.
  if (!change.accessed.has_value() && !change.modified.has_value()) return uint64_t{0};
  return SetTimes(context, directory, path, change, flags);
}

/// truncate(2).
SyscallResult SysTruncate(SyscallContext& context, GuestPtr<char> path, int64_t size) {
  if (size < 0) co_return Errno::kInval;
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::Path found, co_await PathAt(context, caller, kWorkingDirectory, path, 0));
  CO_TRY(CheckNewSize(context, *found.inode(), static_cast<uint64_t>(size)));
  CO_TRY(co_await vfs::TruncatePath(caller, std::move(found), static_cast<uint64_t>(size)));
  co_return uint64_t{0};
}

/// ftruncate(2).
SyscallResult SysFtruncate(SyscallContext& context, Fd fd, int64_t size) {
  if (size < 0) co_return Errno::kInval;
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  if (!file->writable()) co_return Errno::kInval;
  CO_TRY(CheckNewSize(context, *file->inode(), static_cast<uint64_t>(size)));
  CO_TRY(co_await file->Truncate(static_cast<uint64_t>(size)));
  co_return uint64_t{0};
}

}  // namespace elfin::kernel
