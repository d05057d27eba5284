// Advisory locks: flock, and fcntl's record locks.
#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/record_lock.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/file_locks.h"

namespace elfin::kernel {
namespace {

using vfs::LockPatience;
using vfs::LockType;

constexpr uint64_t kToTheEnd = INT64_MAX;

LockType TypeOf(int16_t type) {
  if (type == abi::kLockRead) return LockType::kShared;
  return type == abi::kLockWrite ? LockType::kExclusive : LockType::kNone;
}

/// Where l_start counts from. Errors: kInval.
Result<int64_t> OriginOf(vfs::File& file, int16_t whence) {
  switch (whence) {
    case abi::kSeekSet:
      return int64_t{0};
    case abi::kSeekCur:
      return static_cast<int64_t>(TRY(file.Seek(0, abi::kSeekCur).Take()));
    case abi::kSeekEnd:
      return static_cast<int64_t>(TRY(file.attributes()).size);
    default:
      return Errno::kInval;
  }
}

/// The bytes that a lock names (fs/locks.c, flock64_to_posix_lock). Errors: kInval, kOverflow.
Status SetRange(vfs::RecordLock& lock, vfs::File& file, const abi::FileLock& asked) {
  int64_t start;
  const int64_t origin = TRY(OriginOf(file, asked.whence));
  if (__builtin_add_overflow(origin, asked.start, &start)) return Errno::kOverflow;
  if (start < 0) return Errno::kInval;
  int64_t last = INT64_MAX;
  if (asked.length > 0 && __builtin_add_overflow(start, asked.length - 1, &last)) {
    return Errno::kOverflow;
  }
  if (asked.length < 0) {
    last = start - 1;
    if (__builtin_add_overflow(start, asked.length, &start) || start < 0) return Errno::kInval;
  }
  lock.first = static_cast<uint64_t>(start);
  lock.last = static_cast<uint64_t>(last);
  return kOk;
}

abi::FileLock Describe(const vfs::RecordLock& lock) {
  abi::FileLock told{};
  told.type = lock.type == LockType::kExclusive ? abi::kLockWrite : abi::kLockRead;
  told.whence = abi::kSeekSet;
  told.start = static_cast<int64_t>(lock.first);
  told.length = lock.last == kToTheEnd ? 0 : static_cast<int64_t>(lock.last - lock.first + 1);
  told.pid = lock.pid;
  return told;
}

Task<Result<uint64_t>> SetRecordLock(SyscallContext& context, vfs::FilePtr file,
                                     vfs::RecordLock wanted, LockPatience patience) {
  vfs::FileLocks& locks = vfs::FileLocks::Of(*file->inode());
  CO_TRY(co_await locks.Set(context.thread, wanted, patience));
  co_return uint64_t{0};
}

Task<Result<uint64_t>> SetWholeLock(SyscallContext& context, vfs::FilePtr file, LockType type,
                                    LockPatience patience) {
  vfs::FileLocks& locks = vfs::FileLocks::Of(*file->inode());
  CO_TRY(co_await locks.SetWhole(context.thread, *file, type, patience));
  co_return uint64_t{0};
}

}  // namespace

SyscallResult RecordLockCall(SyscallContext& context, const vfs::FilePtr& file, int32_t command,
                             GuestAddr address) {
  const GuestPtr<abi::FileLock> pointer{address};
  abi::FileLock asked = TRY(context.CopyIn(pointer));
  const bool asks = command == abi::kFGetLk || command == abi::kFOfdGetLk;
  const bool by_description = command >= abi::kFOfdGetLk;
  if (asked.type < abi::kLockRead || asked.type > abi::kLockUnlock) return Errno::kInval;
  if (asks && asked.type == abi::kLockUnlock) return Errno::kInval;
  if (by_description && asked.pid != 0) return Errno::kInval;
  vfs::RecordLock wanted;
  wanted.type = TypeOf(asked.type);
  TRY(SetRange(wanted, *file, asked));
  if (by_description) {
    wanted.file = file.get();
  } else {
    wanted.table = context.process.files.get();
    wanted.pid = context.process.pid;
  }
  if (asks) {
    const vfs::RecordLock* conflict = vfs::FileLocks::Of(*file->inode()).FindConflict(wanted);
    if (conflict != nullptr) {
      asked = Describe(*conflict);
    } else {
      asked.type = abi::kLockUnlock;
    }
    TRY(context.CopyOut(pointer, asked));
    return uint64_t{0};
  }
  if (wanted.type == LockType::kShared && !file->readable()) return Errno::kBadF;
  if (wanted.type == LockType::kExclusive && !file->writable()) return Errno::kBadF;
  const bool waits = command == abi::kFSetLkW || command == abi::kFOfdSetLkW;
  return SetRecordLock(context, file, wanted, waits ? LockPatience::kWaits : LockPatience::kNone);
}

/// flock(2).
SyscallResult SysFlock(SyscallContext& context, Fd fd, int32_t operation) {
  const bool waits = (operation & abi::kFlockNonBlocking) == 0;
  LockType type;
  switch (operation & ~abi::kFlockNonBlocking) {
    case abi::kFlockShared:
      type = LockType::kShared;
      break;
    case abi::kFlockExclusive:
      type = LockType::kExclusive;
      break;
    case abi::kFlockUnlock:
      type = LockType::kNone;
      break;
    default:
      return Errno::kInval;
  }
  vfs::FilePtr file = TRY(context.process.files->Get(fd));
  return SetWholeLock(context, std::move(file), type,
                      waits ? LockPatience::kWaits : LockPatience::kNone);
}

}  // namespace elfin::kernel
