// Extended attributes: no filesystem here stores any. Files, names and sizes are checked all the
// same.
#include <string>

#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

constexpr size_t kNameLimit = 256;  // XATTR_NAME_MAX and the zero
constexpr uint64_t kSizeLimit = 65536;

/// The name's namespace decides what a filesystem without attributes answers.
Status CheckName(const SyscallContext& context, GuestAddr name, Errno none) {
  const Result<std::string> text = context.CopyInString(GuestPtr<char>{name}, kNameLimit);
  if (!text.ok()) return text.error() == Errno::kNameTooLong ? Errno::kRange : text.error();
  if (text.value().empty()) return Errno::kRange;
  const std::string prefix = text.value().substr(0, text.value().find('.'));
  if (prefix == "user" || prefix == "trusted" || prefix == "security") return none;
  return Errno::kOpNotSupp;
}

enum class Question { kGet, kSet, kRemove };

/// Errors only: kNoData for what is read, kOpNotSupp for what would be stored.
Status Answer(const SyscallContext& context, const vfs::Path& path, GuestAddr name,
              Question question) {
  const Status answer =
      CheckName(context, name, question == Question::kGet ? Errno::kNoData : Errno::kOpNotSupp);
  if (answer.error() == Errno::kOpNotSupp && question != Question::kGet &&
      path.mount->read_only()) {
    return Errno::kRoFs;
  }
  return answer;
}

SyscallResult OfPath(SyscallContext& context, GuestPtr<char> path, GuestAddr name,
                     Question question, uint32_t at_flags) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const vfs::Path found,
            co_await PathAt(context, caller, kWorkingDirectory, path, at_flags));
  co_return Answer(context, found, name, question).error();
}

SyscallResult OfFile(SyscallContext& context, Fd fd, GuestAddr name, Question question) {
  const vfs::FilePtr file = TRY(context.process.files->Get(fd));
  return Answer(context, file->path(), name, question).error();
}

Status CheckSet(uint64_t size, int32_t flags) {
  if ((flags & ~3) != 0) return Errno::kInval;
  return size > kSizeLimit ? Status(Errno::k2Big) : Status(kOk);
}

SyscallResult ListOfPath(SyscallContext& context, GuestPtr<char> path, uint32_t at_flags) {
  const vfs::Caller caller = CallerOf(context);
  CO_TRY(co_await PathAt(context, caller, kWorkingDirectory, path, at_flags));
  co_return uint64_t{0};
}

}  // namespace

/// setxattr(2): nothing is stored.
SyscallResult SysSetxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name, GuestAddr,
                          uint64_t size, int32_t flags) {
  TRY(CheckSet(size, flags));
  return OfPath(context, path, name, Question::kSet, 0);
}

/// lsetxattr(2): nothing is stored.
SyscallResult SysLsetxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name, GuestAddr,
                           uint64_t size, int32_t flags) {
  TRY(CheckSet(size, flags));
  return OfPath(context, path, name, Question::kSet, abi::kAtSymlinkNoFollow);
}

/// fsetxattr(2): nothing is stored.
SyscallResult SysFsetxattr(SyscallContext& context, Fd fd, GuestAddr name, GuestAddr, uint64_t size,
                           int32_t flags) {
  TRY(CheckSet(size, flags));
  return OfFile(context, fd, name, Question::kSet);
}

/// getxattr(2): there is none.
SyscallResult SysGetxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name, GuestAddr,
                          uint64_t) {
  return OfPath(context, path, name, Question::kGet, 0);
}

/// lgetxattr(2): there is none.
SyscallResult SysLgetxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name, GuestAddr,
                           uint64_t) {
  return OfPath(context, path, name, Question::kGet, abi::kAtSymlinkNoFollow);
}

/// fgetxattr(2): there is none.
SyscallResult SysFgetxattr(SyscallContext& context, Fd fd, GuestAddr name, GuestAddr, uint64_t) {
  return OfFile(context, fd, name, Question::kGet);
}

/// listxattr(2): an empty list.
SyscallResult SysListxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr, uint64_t) {
  return ListOfPath(context, path, 0);
}

/// llistxattr(2): an empty list.
SyscallResult SysLlistxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr, uint64_t) {
  return ListOfPath(context, path, abi::kAtSymlinkNoFollow);
}

/// flistxattr(2): an empty list.
SyscallResult SysFlistxattr(SyscallContext& context, Fd fd, GuestAddr, uint64_t) {
  TRY(context.process.files->Get(fd));
  return uint64_t{0};
}

/// removexattr(2): there is nothing to remove.
SyscallResult SysRemovexattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name) {
  return OfPath(context, path, name, Question::kRemove, 0);
}

/// lremovexattr(2): there is nothing to remove.
SyscallResult SysLremovexattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name) {
  return OfPath(context, path, name, Question::kRemove, abi::kAtSymlinkNoFollow);
}

/// fremovexattr(2): there is nothing to remove.
SyscallResult SysFremovexattr(SyscallContext& context, Fd fd, GuestAddr name) {
  return OfFile(context, fd, name, Question::kRemove);
}

}  // namespace elfin::kernel
