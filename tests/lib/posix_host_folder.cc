#include "tests/lib/posix_host_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace elfin::testing {
namespace {

using kernel::HostStat;

Errno LastError() { return static_cast<Errno>(errno); }

Status Check(int result) { return result == 0 ? Status(kOk) : Status(LastError()); }

/// The *at calls want a name for the folder itself.
std::string Name(std::string_view path) { return path.empty() ? "." : std::string(path); }

int64_t Nanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

HostStat Convert(const struct stat& from) {
  HostStat stat;
  stat.mode = from.st_mode;
  stat.nlink = static_cast<uint32_t>(from.st_nlink);
  stat.uid = from.st_uid;
  stat.gid = from.st_gid;
  stat.device = from.st_dev;
  stat.rdev = from.st_rdev;
  stat.inode = from.st_ino;
  stat.size = static_cast<uint64_t>(from.st_size);
  stat.blocks = static_cast<uint64_t>(from.st_blocks);
  stat.atime_ns = Nanoseconds(from.st_atim);
  stat.mtime_ns = Nanoseconds(from.st_mtim);
  stat.ctime_ns = Nanoseconds(from.st_ctim);
  return stat;
}

}  // namespace

Result<std::unique_ptr<PosixHostFolder>> PosixHostFolder::Open(const std::string& folder) {
  const int root = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return LastError();
  return std::unique_ptr<PosixHostFolder>(new PosixHostFolder(root));
}

PosixHostFolder::~PosixHostFolder() { ::close(root_); }

Task<Result<HostStat>> PosixHostFolder::Stat(std::string_view path) {
  struct stat stat;
  TRY(Check(::fstatat(root_, Name(path).c_str(), &stat, AT_SYMLINK_NOFOLLOW)));
  return Convert(stat);
}

Task<Result<std::string>> PosixHostFolder::ReadLink(std::string_view path) {
  char target[4096];
  const ssize_t size = ::readlinkat(root_, Name(path).c_str(), target, sizeof(target));
  if (size < 0) return LastError();
  return std::string(target, static_cast<size_t>(size));
}

Task<Result<std::vector<kernel::HostDirEntry>>> PosixHostFolder::List(std::string_view path) {
  const int fd =
      ::openat(root_, Name(path).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return LastError();
  DIR* directory = ::fdopendir(fd);
  if (directory == nullptr) {
    ::close(fd);
    return LastError();
  }
  std::vector<kernel::HostDirEntry> entries;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      entries.push_back({std::string(name), entry->d_ino, entry->d_type});
    }
  }
  ::closedir(directory);
  return entries;
}

Task<Result<uint32_t>> PosixHostFolder::Open(std::string_view path, uint32_t flags, uint32_t mode) {
  constexpr uint32_t kAllowed = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC;
  const int all =
      static_cast<int>(flags & kAllowed) | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  const int fd = ::openat(root_, Name(path).c_str(), all, mode);
  if (fd < 0) return LastError();
  return static_cast<uint32_t>(fd);
}

void PosixHostFolder::Close(uint32_t handle) { ::close(static_cast<int>(handle)); }

Result<HostStat> PosixHostFolder::StatHandle(uint32_t handle) {
  struct stat stat;
  TRY(Check(::fstat(static_cast<int>(handle), &stat)));
  return Convert(stat);
}

Task<Result<size_t>> PosixHostFolder::Read(uint32_t handle, uint64_t offset, void* to,
                                           size_t size) {
  const ssize_t done = ::pread(static_cast<int>(handle), to, size, static_cast<off_t>(offset));
  if (done < 0) return LastError();
  return static_cast<size_t>(done);
}

Task<Result<size_t>> PosixHostFolder::Write(uint32_t handle, uint64_t offset, const void* from,
                                            size_t size) {
  const ssize_t done = ::pwrite(static_cast<int>(handle), from, size, static_cast<off_t>(offset));
  if (done < 0) return LastError();
  return static_cast<size_t>(done);
}

Task<Status> PosixHostFolder::Truncate(uint32_t handle, uint64_t size) {
  return Check(::ftruncate(static_cast<int>(handle), static_cast<off_t>(size)));
}

Task<Status> PosixHostFolder::Sync(uint32_t handle) {
  return Check(::fsync(static_cast<int>(handle)));
}

Task<Status> PosixHostFolder::MakeDirectory(std::string_view path, uint32_t mode) {
  return Check(::mkdirat(root_, Name(path).c_str(), mode));
}

Task<Status> PosixHostFolder::Remove(std::string_view path) {
  return Check(::unlinkat(root_, Name(path).c_str(), 0));
}

Task<Status> PosixHostFolder::RemoveDirectory(std::string_view path) {
  return Check(::unlinkat(root_, Name(path).c_str(), AT_REMOVEDIR));
}

Task<Status> PosixHostFolder::Rename(std::string_view from, std::string_view to) {
  return Check(::renameat(root_, Name(from).c_str(), root_, Name(to).c_str()));
}

Task<Status> PosixHostFolder::Link(std::string_view from, std::string_view to) {
  return Check(::linkat(root_, Name(from).c_str(), root_, Name(to).c_str(), 0));
}

Task<Status> PosixHostFolder::Symlink(std::string_view target, std::string_view path) {
  return Check(::symlinkat(std::string(target).c_str(), root_, Name(path).c_str()));
}

Task<Status> PosixHostFolder::ChangeMode(std::string_view path, uint32_t mode) {
  return Check(::fchmodat(root_, Name(path).c_str(), mode, 0));
}

Task<Status> PosixHostFolder::ChangeOwner(std::string_view path, uint32_t uid, uint32_t gid) {
  return Check(::fchownat(root_, Name(path).c_str(), uid, gid, AT_SYMLINK_NOFOLLOW));
}

Task<Status> PosixHostFolder::SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) {
  auto split = [](int64_t time) {
    constexpr int64_t kSecond = 1'000'000'000;
    int64_t seconds = time / kSecond;
    if (time % kSecond < 0) --seconds;
    return timespec{seconds, time - seconds * kSecond};
  };
  const timespec times[2] = {split(atime_ns), split(mtime_ns)};
  return Check(::utimensat(root_, Name(path).c_str(), times, AT_SYMLINK_NOFOLLOW));
}

}  // namespace elfin::testing
