// Directories: listing them, and where a process stands.
#include <cstring>
#include <vector>

#include "runtime/base/types.h"
#include "syscalls/abi/dirent.h"
#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/permissions.h"

namespace elfin::kernel {
namespace {

enum class RecordKind { kOld, k64 };

/// Packs entries as getdents lays them out.
class RecordBuffer final : public vfs::DirectoryVisitor {
 public:
  RecordBuffer(RecordKind kind, size_t size) : kind_(kind), size_(size) {}
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  bool refused() const { return refused_; }

  bool Visit(const vfs::DirectoryEntry& entry) override {
    const size_t name_offset =
        kind_ == RecordKind::k64 ? abi::kDirent64NameOffset : abi::kDirentNameOffset;
    const size_t extra = kind_ == RecordKind::k64 ? 1 : 2;  // the zero; the old kind's type byte
    const size_t length = RoundUp(name_offset + entry.name.size() + extra, 8);
    if (bytes_.size() + length > size_) {
      refused_ = true;
      return false;
    }
    const size_t start = bytes_.size();
    bytes_.resize(start + length);
    uint8_t* record = bytes_.data() + start;
    const uint16_t record_length = static_cast<uint16_t>(length);
    const uint8_t type = vfs::DirectoryEntryType(entry.type);
    std::memcpy(record, &entry.inode, 8);
    std::memcpy(record + 8, &entry.next_cookie, 8);
    std::memcpy(record + 16, &record_length, 2);
    record[kind_ == RecordKind::k64 ? 18 : length - 1] = type;
    std::memcpy(record + name_offset, entry.name.data(), entry.name.size());
    return true;
  }

 private:
  RecordKind kind_;
  size_t size_;
  std::vector<uint8_t> bytes_;
  bool refused_ = false;
};

SyscallResult GetDents(SyscallContext& context, Fd fd, GuestAddr buffer, uint32_t size,
                       RecordKind kind) {
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  // However large the buffer, one call need not fill more.
  RecordBuffer records(kind, std::min<uint32_t>(size, 1 << 18));
  Result<uint64_t> before = co_await file->Seek(0, abi::kSeekCur);
  CO_TRY(co_await file->ReadDirectory(records));
  if (records.bytes().empty()) {
    if (records.refused()) co_return Errno::kInval;
    co_return uint64_t{0};
  }
  const Status copied = context.CopyOut(buffer, records.bytes().data(), records.bytes().size());
  if (!copied.ok()) {
    if (before.ok()) {
      (void)co_await file->Seek(static_cast<int64_t>(before.value()), abi::kSeekSet);
    }
    co_return copied.error();
  }
  co_return uint64_t{records.bytes().size()};
}

/// For chdir and chroot: a directory that may be searched.
Status CheckDirectory(const vfs::Caller& caller, const vfs::Path& path) {
  if (path.inode()->type() != vfs::FileType::kDirectory) return Errno::kNotDir;
  return vfs::CheckAccess(*path.inode(), caller.credentials, vfs::kAccessExecute);
}

}  // namespace

/// getdents(2).
SyscallResult SysGetdents(SyscallContext& context, Fd fd, GuestAddr buffer, uint32_t size) {
  return GetDents(context, fd, buffer, size, RecordKind::kOld);
}

/// getdents64(2).
SyscallResult SysGetdents64(SyscallContext& context, Fd fd, GuestAddr buffer, uint32_t size) {
  return GetDents(context, fd, buffer, size, RecordKind::k64);
}

/// getcwd(2), the system call: returns the length with the zero.
SyscallResult SysGetcwd(SyscallContext& context, GuestAddr buffer, uint64_t size) {
  const vfs::FsContext& place = *context.process.fs;
  if (place.working_directory.dentry->removed()) return Errno::kNoEnt;
  const std::string text = vfs::PathText(place.working_directory, place.root);
  if (text.size() + 1 > size) return Errno::kRange;
  TRY(context.CopyOut(buffer, text.c_str(), text.size() + 1));
  return uint64_t{text.size() + 1};
}

/// chdir(2).
SyscallResult SysChdir(SyscallContext& context, GuestPtr<char> path) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::Path found, co_await PathAt(context, caller, kWorkingDirectory, path, 0));
  CO_TRY(CheckDirectory(caller, found));
  context.process.fs->working_directory = std::move(found);
  co_return uint64_t{0};
}

/// fchdir(2).
SyscallResult SysFchdir(SyscallContext& context, Fd fd) {
  const vfs::FilePtr file = TRY(context.process.files->GetWithPathOnly(fd));
  TRY(CheckDirectory(CallerOf(context), file->path()));
  context.process.fs->working_directory = file->path();
  return uint64_t{0};
}

/// chroot(2).
SyscallResult SysChroot(SyscallContext& context, GuestPtr<char> path) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::Path found, co_await PathAt(context, caller, kWorkingDirectory, path, 0));
  CO_TRY(CheckDirectory(caller, found));
  if (!context.process.credentials.privileged()) co_return Errno::kPerm;
  context.process.fs->root = std::move(found);
  co_return uint64_t{0};
}

/// umask(2).
SyscallResult SysUmask(SyscallContext& context, uint32_t mask) {
  const uint32_t before = context.process.fs->umask;
  context.process.fs->umask = mask & 0777;
  return uint64_t{before};
}

}  // namespace elfin::kernel
