// Everything that the kernel needs from the world outside it. One implementation for each
// embedding: WebAssembly imports (syscalls/entry), native (tests/lib/native_host), fakes in unit
// tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/memory/process_memory.h"
#include "syscalls/kernel/task.h"

namespace elfin::kernel {

enum class HostClock : uint32_t { kRealtime = 0, kMonotonic = 1, kCpu = 2 };

/// A host file's attributes: the fields of struct stat that a host folder can tell.
struct HostStat {
  uint32_t mode = 0;  // S_IFMT bits and permissions
  uint32_t nlink = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t device = 0;
  uint64_t rdev = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  uint64_t blocks = 0;   // of 512 bytes
  int64_t atime_ns = 0;  // since the epoch
  int64_t mtime_ns = 0;
  int64_t ctime_ns = 0;
};
static_assert(sizeof(HostStat) == 80);

struct HostDirEntry {
  std::string name;
  uint64_t inode;
  uint8_t type;  // DT_* of dirent.h
};

/// A folder of the host, as hostfs mounts it. Paths are relative to the folder ("" is the folder
/// itself), without "..", "." or empty components, and every component but the last is a real
/// directory: the kernel has resolved symlinks. No call follows a symlink in the last component.
/// `handle` is the embedding's number for an open file.
///
/// A Task that is not ready waits for the host; it may be destroyed meanwhile, upon which nobody
/// hears of the outcome (a file that was to be opened is closed again). Paths and bytes are the
/// caller's again when the call returns, but `to` of Read, which has to live as long as the Task.
/// Stat of the folder itself, StatHandle and Close never wait.
class HostFolder {
 public:
  virtual ~HostFolder() = default;
  virtual Task<Result<HostStat>> Stat(std::string_view path) = 0;
  virtual Task<Result<std::string>> ReadLink(std::string_view path) = 0;
  virtual Task<Result<std::vector<HostDirEntry>>> List(std::string_view path) = 0;
  /// flags: Linux x86-64 O_ACCMODE, O_CREAT, O_EXCL, O_TRUNC bits only.
  virtual Task<Result<uint32_t>> Open(std::string_view path, uint32_t flags, uint32_t mode) = 0;
  virtual void Close(uint32_t handle) = 0;
  virtual Result<HostStat> StatHandle(uint32_t handle) = 0;
  virtual Task<Result<size_t>> Read(uint32_t handle, uint64_t offset, void* to, size_t size) = 0;
  virtual Task<Result<size_t>> Write(uint32_t handle, uint64_t offset, const void* from,
                                     size_t size) = 0;
  virtual Task<Status> Truncate(uint32_t handle, uint64_t size) = 0;
  virtual Task<Status> Sync(uint32_t handle) = 0;
  /// The guest has closed the file, and should hear of what could not be written: as NFS and FUSE
  /// do it. Ready at once where a write has told everything.
  virtual Task<Status> Flush(uint32_t /*handle*/) { return kOk; }
  /// What was written to any file of the folder is on the host.
  virtual Task<Status> SyncAll() { return kOk; }
  virtual Task<Status> MakeDirectory(std::string_view path, uint32_t mode) = 0;
  virtual Task<Status> Remove(std::string_view path) = 0;           // unlink
  virtual Task<Status> RemoveDirectory(std::string_view path) = 0;  // rmdir
  virtual Task<Status> Rename(std::string_view from, std::string_view to) = 0;
  virtual Task<Status> Link(std::string_view from, std::string_view to) = 0;
  virtual Task<Status> Symlink(std::string_view target, std::string_view path) = 0;
  virtual Task<Status> ChangeMode(std::string_view path, uint32_t mode) = 0;
  virtual Task<Status> ChangeOwner(std::string_view path, uint32_t uid, uint32_t gid) = 0;
  virtual Task<Status> SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) = 0;
};

/// What a host stream is, so that a guest's fstat and isatty on 0, 1 and 2 answer truly.
enum class HostStreamKind : uint32_t { kPipe = 0, kTerminal = 1, kFile = 2, kNull = 3 };

class Host {
 public:
  virtual ~Host() = default;

  /// Errors: kAgain when the engine has no further memory to give.
  virtual Result<std::unique_ptr<memory::ProcessMemory>> CreateProcessMemory() = 0;

  /// Nanoseconds; kRealtime since the epoch, kMonotonic since boot, kCpu used by this embedding.
  virtual int64_t Now(HostClock clock) = 0;
  virtual void FillRandom(void* to, size_t size) = 0;

  /// Streams 0, 1 and 2 of the machine's first process. Reads and writes never wait.
  virtual HostStreamKind StreamKind(uint32_t stream) = 0;
  /// 0 bytes = end of input. Errors: kAgain (nothing there yet; Kernel::StreamReady is called
  /// later).
  virtual Result<size_t> ReadStream(uint32_t stream, void* to, size_t size) = 0;
  /// Errors: kAgain (full; StreamReady is called later), kPipe (the reader has gone).
  virtual Result<size_t> WriteStream(uint32_t stream, const void* from, size_t size) = 0;
  struct WindowSize {
    uint16_t rows = 24;
    uint16_t columns = 80;
  };
  virtual WindowSize TerminalSize(uint32_t stream) = 0;
  /// Nobody has the stream open any more: it isn't asked for again. Terminals stay.
  virtual void CloseStream(uint32_t /*stream*/) {}

  /// A sentence for the person who runs Elfin (standard error; never the guest's stream).
  virtual void Report(std::string_view message) = 0;
};

}  // namespace elfin::kernel
