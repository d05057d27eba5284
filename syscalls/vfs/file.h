// File: an open file description (POSIX's term): what dup and fork share. Offset and status flags
// live here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "syscalls/vfs/fs_context.h"
#include "syscalls/vfs/inode.h"
#include "syscalls/vfs/path.h"

namespace elfin::kernel {
class Thread;
class WaitQueue;
}  // namespace elfin::kernel
namespace elfin::tty {
class Tty;
}

namespace elfin::fs {
class Epoll;
class Inotify;
class ProcessFile;
class SignalFile;
class TimerFile;
}  // namespace elfin::fs

namespace elfin::net {
class Socket;
}

namespace elfin::vfs {

/// Bits of poll(2).
enum PollBits : uint32_t {
  kPollIn = 0x001,
  kPollPri = 0x002,
  kPollOut = 0x004,
  kPollErr = 0x008,
  kPollHup = 0x010,
  kPollInvalid = 0x020,
  kPollReadNormal = 0x040,
  kPollReadBand = 0x080,
  kPollWriteNormal = 0x100,
  kPollWriteBand = 0x200,
  kPollReadHup = 0x2000,
};
inline constexpr uint32_t kPollCanRead = kPollIn | kPollReadNormal;
inline constexpr uint32_t kPollCanWrite = kPollOut | kPollWriteNormal;
inline constexpr uint32_t kPollAlwaysReady = kPollCanRead | kPollCanWrite;

/// How one read or write is to be done.
struct IoOptions {
  /// Who waits; nullptr: nobody can, so what would wait gives kAgain.
  kernel::Thread* waiter = nullptr;
  bool nonblocking = false;  // O_NONBLOCK or RWF_NOWAIT
  bool append = false;       // O_APPEND or RWF_APPEND
  /// RLIMIT_FSIZE: a regular file is written up to there, beyond it is kFBig.
  uint64_t size_limit = UINT64_MAX;
};

/// Somebody who must know when an open file description ends, but doesn't keep it.
class FileWatch {
 public:
  /// The file is being destroyed: it must not be used any more, and the watch is off it.
  virtual void FileGone() = 0;

 protected:
  ~FileWatch() = default;
};

class File : public std::enable_shared_from_this<File> {
 public:
  /// `flags`: Linux's open flags; the access mode and the status flags are kept.
  File(Path path, uint32_t flags);
  /// The last descriptor is gone: releases what the file holds.
  virtual ~File();

  const Path& path() const { return path_; }
  const InodePtr& inode() const { return path_.inode(); }
  bool readable() const { return readable_; }
  bool writable() const { return writable_; }
  bool path_only() const { return path_only_; }  // O_PATH
  /// O_ACCMODE and status flags as F_GETFL shows them.
  uint32_t flags() const { return flags_; }
  /// F_SETFL: O_APPEND, O_NONBLOCK, O_DIRECT, O_NOATIME only.
  void SetStatusFlags(uint32_t flags);
  virtual Result<Attributes> attributes() { return inode()->attributes(); }

  /// At the offset, which moves on. Preconditions: readable() / writable(). Errors: kAgain, kIntr
  /// family, kIsDir, kInval, kPipe, kIo, kFault.
  virtual Task<Result<size_t>> Read(DataSink& sink, IoOptions options) = 0;
  virtual Task<Result<size_t>> Write(DataSource& source, IoOptions options) = 0;
  /// At a position. Errors: kSPipe where there are no positions.
  virtual Task<Result<size_t>> ReadAt(uint64_t offset, DataSink& sink, IoOptions options);
  virtual Task<Result<size_t>> WriteAt(uint64_t offset, DataSource& source, IoOptions options);
  /// lseek(2). Errors: kSPipe, kInval, kOverflow, kNxio.
  virtual Task<Result<uint64_t>> Seek(int64_t offset, int32_t whence);
  /// getdents. "." and ".." come first. Errors: kNotDir.
  virtual Task<Status> ReadDirectory(DirectoryVisitor& visitor);
  virtual Task<Status> Truncate(uint64_t size);
  virtual Task<Status> Allocate(uint64_t offset, uint64_t size, AllocateMode mode);
  virtual Task<Status> Sync();
  /// close(2) lets go of its last descriptor. Errors: what could not be written.
  virtual Task<Status> Flush() { return kOk; }

  /// Which PollBits are true now.
  virtual uint32_t Poll() { return kPollAlwaysReady; }
  /// Woken when Poll() may have changed; nullptr: it never changes.
  virtual kernel::WaitQueue* wait_queue() { return nullptr; }
  /// Whether epoll takes it: not what is always ready.
  virtual bool can_be_watched() { return wait_queue() != nullptr; }
  /// Bytes that a read would give at once (FIONREAD). Errors: kNoTty.
  virtual Result<uint64_t> BytesReadable() { return Errno::kNoTty; }
  virtual tty::Tty* terminal() { return nullptr; }
  /// Whether it is the other end of terminal(): a pseudoterminal's master.
  virtual bool is_terminal_master() const { return false; }
  void AddWatch(FileWatch& watch) { watches_.push_back(&watch); }
  void RemoveWatch(FileWatch& watch);
  const std::vector<FileWatch*>& watches() const { return watches_; }
  /// What epoll_create, timerfd_create, signalfd and pidfd_open have made; nullptr: it is something
  /// else.
  virtual fs::Epoll* epoll() { return nullptr; }
  virtual fs::TimerFile* timer_file() { return nullptr; }
  virtual fs::Inotify* inotify() { return nullptr; }
  virtual net::Socket* socket() { return nullptr; }
  virtual fs::SignalFile* signal_file() { return nullptr; }
  virtual fs::ProcessFile* process_file() { return nullptr; }
  /// Whether mmap, sendfile and copy_file_range may use inode()'s bytes.
  virtual bool has_inode_bytes() const { return false; }
  /// F_GETPIPE_SZ; nullopt: no pipe (EBADF).
  virtual std::optional<uint64_t> pipe_capacity() { return std::nullopt; }
  virtual Result<uint64_t> SetPipeCapacity(uint64_t) { return Errno::kBadF; }

 private:
  Path path_;
  uint32_t flags_;
  bool readable_;
  bool writable_;
  bool path_only_;
  std::vector<FileWatch*> watches_;
};

}  // namespace elfin::vfs
