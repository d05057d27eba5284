// Extended attributes: xattr(7). What a filesystem stores is its own matter; those here that store
// none answer EOPNOTSUPP to what would change one.
#include <string>

#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/extended_attributes.h"

namespace elfin::kernel {
namespace {

constexpr size_t kNameLimit = 256;  // XATTR_NAME_MAX and the zero
constexpr uint64_t kSizeLimit = 65536;
constexpr int32_t kCreateFlag = 1;   // XATTR_CREATE
constexpr int32_t kReplaceFlag = 2;  // XATTR_REPLACE
constexpr uint32_t kFollow = 0;
constexpr uint32_t kNoFollow = abi::kAtSymlinkNoFollow;

/// A buffer of the guest's for an answer; size 0 asks how long it is.
struct AnswerBuffer {
  GuestAddr address;
  uint64_t size;
};

/// Errors: kRange (too small), kFault.
Result<uint64_t> Answer(const SyscallContext& context, AnswerBuffer to, const std::string& bytes) {
  if (to.size == 0) return uint64_t{bytes.size()};
  if (to.size < bytes.size()) return Errno::kRange;
  TRY(context.CopyOut(to.address, bytes.data(), bytes.size()));
  return uint64_t{bytes.size()};
}

Result<std::string> NameAt(const SyscallContext& context, GuestAddr name) {
  Result<std::string> text = context.CopyInString(GuestPtr<char>{name}, kNameLimit);
  if (!text.ok() && text.error() == Errno::kNameTooLong) return Errno::kRange;
  if (text.ok() && text->empty()) return Errno::kRange;
  return text;
}

/// What is to change: a value, or none where it is removed.
struct Change {
  std::string name;
  std::optional<std::string> value;
  vfs::AttributeSetting how = vfs::AttributeSetting::kCreateOrReplace;
};

Result<Change> SettingAt(const SyscallContext& context, GuestAddr name, GuestAddr value,
                         uint64_t size, int32_t flags) {
  if ((flags & ~(kCreateFlag | kReplaceFlag)) != 0) return Errno::kInval;
  Change change;
  change.name = TRY(NameAt(context, name));
  if (size > kSizeLimit) return Errno::k2Big;
  change.value.emplace(size, 0);
  TRY(context.CopyIn(value, change.value->data(), size));
  if ((flags & kCreateFlag) != 0) change.how = vfs::AttributeSetting::kCreate;
  if ((flags & kReplaceFlag) != 0) change.how = vfs::AttributeSetting::kReplace;
  return change;
}

SyscallResult ChangeOf(SyscallContext& context, vfs::Path path, Change change) {
  const vfs::Caller caller = CallerOf(context);
  CO_TRY(co_await vfs::ChangeExtendedAttribute(caller, std::move(path), std::move(change.name),
                                               std::move(change.value), change.how));
  co_return uint64_t{0};
}

SyscallResult ChangeAt(SyscallContext& context, GuestPtr<char> path, uint32_t at_flags,
                       Change change) {
  CO_ASSIGN(vfs::Path found,
            co_await PathAt(context, CallerOf(context), kWorkingDirectory, path, at_flags));
  co_return co_await ChangeOf(context, std::move(found), std::move(change));
}

SyscallResult RemoveAt(SyscallContext& context, GuestPtr<char> path, uint32_t at_flags,
                       GuestAddr name) {
  Change change;
  change.name = TRY(NameAt(context, name));
  return ChangeAt(context, path, at_flags, std::move(change));
}

SyscallResult GetOf(SyscallContext& context, vfs::Path path, std::string name, AnswerBuffer to) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const std::string value,
            co_await vfs::ReadExtendedAttribute(caller, std::move(path), std::move(name)));
  co_return Answer(context, to, value);
}

SyscallResult GetAt(SyscallContext& context, GuestPtr<char> path, uint32_t at_flags, GuestAddr name,
                    AnswerBuffer to) {
  CO_ASSIGN(std::string text, NameAt(context, name));
  CO_ASSIGN(vfs::Path found,
            co_await PathAt(context, CallerOf(context), kWorkingDirectory, path, at_flags));
  co_return co_await GetOf(context, std::move(found), std::move(text), to);
}

SyscallResult ListOf(SyscallContext& context, vfs::Path path, AnswerBuffer to) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const std::vector<vfs::ExtendedAttribute> list,
            co_await vfs::ListExtendedAttributes(caller, std::move(path)));
  std::string names;
  for (const vfs::ExtendedAttribute& each : list) names += each.name + '\0';
  co_return Answer(context, to, names);
}

SyscallResult ListAt(SyscallContext& context, GuestPtr<char> path, uint32_t at_flags,
                     AnswerBuffer to) {
  CO_ASSIGN(vfs::Path found,
            co_await PathAt(context, CallerOf(context), kWorkingDirectory, path, at_flags));
  co_return co_await ListOf(context, std::move(found), to);
}

Result<vfs::Path> PathOf(const SyscallContext& context, Fd fd) {
  const vfs::FilePtr file = TRY(context.process.files->Get(fd));
  return file->path();
}

}  // namespace

/// setxattr(2).
SyscallResult SysSetxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name,
                          GuestAddr value, uint64_t size, int32_t flags) {
  return ChangeAt(context, path, kFollow, TRY(SettingAt(context, name, value, size, flags)));
}

/// lsetxattr(2).
SyscallResult SysLsetxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name,
                           GuestAddr value, uint64_t size, int32_t flags) {
  return ChangeAt(context, path, kNoFollow, TRY(SettingAt(context, name, value, size, flags)));
}

/// fsetxattr(2).
SyscallResult SysFsetxattr(SyscallContext& context, Fd fd, GuestAddr name, GuestAddr value,
                           uint64_t size, int32_t flags) {
  Change change = TRY(SettingAt(context, name, value, size, flags));
  return ChangeOf(context, TRY(PathOf(context, fd)), std::move(change));
}

/// getxattr(2).
SyscallResult SysGetxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name,
                          GuestAddr value, uint64_t size) {
  return GetAt(context, path, kFollow, name, {value, size});
}

/// lgetxattr(2).
SyscallResult SysLgetxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name,
                           GuestAddr value, uint64_t size) {
  return GetAt(context, path, kNoFollow, name, {value, size});
}

/// fgetxattr(2).
SyscallResult SysFgetxattr(SyscallContext& context, Fd fd, GuestAddr name, GuestAddr value,
                           uint64_t size) {
  vfs::Path path = TRY(PathOf(context, fd));
  return GetOf(context, std::move(path), TRY(NameAt(context, name)), {value, size});
}

/// listxattr(2).
SyscallResult SysListxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr list,
                           uint64_t size) {
  return ListAt(context, path, kFollow, {list, size});
}

/// llistxattr(2).
SyscallResult SysLlistxattr(SyscallContext& context, GuestPtr<char> path, GuestAddr list,
                            uint64_t size) {
  return ListAt(context, path, kNoFollow, {list, size});
}

/// flistxattr(2).
SyscallResult SysFlistxattr(SyscallContext& context, Fd fd, GuestAddr list, uint64_t size) {
  return ListOf(context, TRY(PathOf(context, fd)), {list, size});
}

/// removexattr(2).
SyscallResult SysRemovexattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name) {
  return RemoveAt(context, path, kFollow, name);
}

/// lremovexattr(2).
SyscallResult SysLremovexattr(SyscallContext& context, GuestPtr<char> path, GuestAddr name) {
  return RemoveAt(context, path, kNoFollow, name);
}

/// fremovexattr(2).
SyscallResult SysFremovexattr(SyscallContext& context, Fd fd, GuestAddr name) {
  Change change;
  change.name = TRY(NameAt(context, name));
  return ChangeOf(context, TRY(PathOf(context, fd)), std::move(change));
}

}  // namespace elfin::kernel
