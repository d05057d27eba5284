// Descriptors themselves: dup, fcntl.
#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/record_lock.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

Result<uint64_t> Duplicate(SyscallContext& context, Fd fd, int32_t minimum,
                           vfs::OnExec close_on_exec) {
  vfs::FdTable& files = FilesOf(context);
  vfs::FilePtr file = TRY(files.GetWithPathOnly(fd));
  return static_cast<uint64_t>(TRY(files.Add(std::move(file), close_on_exec, minimum)).value);
}

Result<uint64_t> SetStatusFlags(vfs::File& file, uint64_t flags) {
  file.SetStatusFlags(static_cast<uint32_t>(flags));
  return uint64_t{0};
}

Result<uint64_t> AddSeals(vfs::File& file, uint64_t argument) {
  uint32_t* seals = file.inode()->seals();
  if (seals == nullptr || (argument & ~uint64_t{abi::kSealAll}) != 0) return Errno::kInval;
  if (!file.writable() || (*seals & abi::kSealSeal) != 0) return Errno::kPerm;
  const bool seals_writes = (argument & abi::kSealWrite) != 0;
  if (seals_writes && file.inode()->uses.writable_mappings > 0) return Errno::kBusy;
  *seals |= static_cast<uint32_t>(argument);
  return uint64_t{0};
}

}  // namespace

/// dup(2).
SyscallResult SysDup(SyscallContext& context, Fd fd) {
  return Duplicate(context, fd, 0, vfs::OnExec::kKeep);
}

/// dup2(2).
SyscallResult SysDup2(SyscallContext& context, Fd from, Fd to) {
  vfs::FdTable& files = FilesOf(context);
  vfs::FilePtr file = TRY(files.GetWithPathOnly(from));
  if (from != to) TRY(files.Replace(to, std::move(file), vfs::OnExec::kKeep));
  return static_cast<uint64_t>(to.value);
}

/// dup3(2).
SyscallResult SysDup3(SyscallContext& context, Fd from, Fd to, uint32_t flags) {
  if ((flags & ~abi::kOCloExec) != 0 || from == to) return Errno::kInval;
  vfs::FdTable& files = FilesOf(context);
  vfs::FilePtr file = TRY(files.GetWithPathOnly(from));
  TRY(files.Replace(to, std::move(file), flags != 0 ? vfs::OnExec::kClose : vfs::OnExec::kKeep));
  return static_cast<uint64_t>(to.value);
}

/// fcntl(2): signals for I/O, leases and notification are refused with EINVAL.
SyscallResult SysFcntl(SyscallContext& context, Fd fd, int32_t command, uint64_t argument) {
  vfs::FdTable& files = FilesOf(context);
  const vfs::FilePtr file = TRY(files.GetWithPathOnly(fd));
  switch (command) {
    case abi::kFDupFd:
      return Duplicate(context, fd, static_cast<int32_t>(argument), vfs::OnExec::kKeep);
    case abi::kFDupFdCloExec:
      return Duplicate(context, fd, static_cast<int32_t>(argument), vfs::OnExec::kClose);
    case abi::kFGetFd:
      return TRY(files.GetCloseOnExec(fd)) == vfs::OnExec::kClose ? uint64_t{1} : uint64_t{0};
    case abi::kFSetFd:
      TRY(files.SetCloseOnExec(
          fd, (argument & abi::kFdCloExec) != 0 ? vfs::OnExec::kClose : vfs::OnExec::kKeep));
      return uint64_t{0};
    case abi::kFGetFl:
      return uint64_t{file->flags()};
    default:
      break;
  }
  if (file->path_only()) return Errno::kBadF;
  switch (command) {
    case abi::kFSetFl:
      return SetStatusFlags(*file, argument);
    case abi::kFGetLk:
    case abi::kFSetLk:
    case abi::kFSetLkW:
    case abi::kFOfdGetLk:
    case abi::kFOfdSetLk:
    case abi::kFOfdSetLkW:
      return RecordLockCall(context, file, command, GuestAddr{argument});
    case abi::kFGetPipeSize: {
      const std::optional<uint64_t> capacity = file->pipe_capacity();
      return capacity.has_value() ? Result<uint64_t>(*capacity) : Errno::kBadF;
    }
    case abi::kFSetPipeSize:
      return file->SetPipeCapacity(argument);
    case abi::kFAddSeals:
      return AddSeals(*file, argument);
    case abi::kFGetSeals: {
      const uint32_t* seals = file->inode()->seals();
      return seals != nullptr ? Result<uint64_t>(uint64_t{*seals}) : Errno::kInval;
    }
    case abi::kFGetOwn:
    case abi::kFGetSig:
      return uint64_t{0};
    case abi::kFGetLease:
      return static_cast<uint64_t>(abi::kLockUnlock);
    default:
      return Errno::kInval;
  }
}

}  // namespace elfin::kernel
