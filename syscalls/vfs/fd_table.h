// FdTable: the file descriptors of a process. Copied by fork, shared by CLONE_FILES.
//
//     fd → { File (shared by dup and fork), close-on-exec }
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "runtime/base/types.h"
#include "syscalls/vfs/file.h"

namespace elfin::vfs {

enum class OnExec : uint8_t { kKeep, kClose };

struct LockWait;  // file_locks.h

class FdTable {
 public:
  FdTable() = default;
  /// fork: the same descriptors, none of the record locks.
  FdTable(const FdTable& other) : slots_(other.slots_), limit_(other.limit_) {}
  FdTable& operator=(const FdTable&) = delete;
  ~FdTable() { CloseAll(); }

  /// RLIMIT_NOFILE's soft limit: one above the highest descriptor that may be made.
  void set_limit(uint64_t limit) { limit_ = limit; }
  uint64_t limit() const { return limit_; }

  /// The lowest free descriptor at or above `minimum`. Errors: kMFile, kInval (minimum beyond the
  /// limit).
  Result<Fd> Add(FilePtr file, OnExec close_on_exec, int32_t minimum = 0);
  /// Puts `file` at `fd`, closing what was there. Errors: kBadF (negative or beyond the limit).
  Status Replace(Fd fd, FilePtr file, OnExec close_on_exec);
  /// Errors: kBadF. O_PATH descriptors count as closed unless asked for.
  Result<FilePtr> Get(Fd fd) const;
  Result<FilePtr> GetWithPathOnly(Fd fd) const;
  Result<OnExec> GetCloseOnExec(Fd fd) const;
  Status SetCloseOnExec(Fd fd, OnExec close_on_exec);
  /// Errors: kBadF.
  Status Close(Fd fd);
  void CloseRange(uint32_t first, uint32_t last);
  void MarkRangeCloseOnExec(uint32_t first, uint32_t last);
  /// execve: closes what is marked.
  void CloseMarked();
  void CloseAll();

  /// Open descriptors in order, for /proc/self/fd.
  std::vector<Fd> List() const;
  /// A place is free at all. Errors: kMFile. To refuse a call before it has effects.
  Status CheckRoom() const;

  /// Record locks that its threads wait for now.
  std::set<const LockWait*> lock_waits;

 private:
  struct Slot {
    FilePtr file;
    OnExec close_on_exec = OnExec::kKeep;
  };
  const Slot* Find(Fd fd) const;
  void Empty(size_t index);
  void Empty(size_t index, Slot instead);

  std::vector<Slot> slots_;
  uint64_t limit_ = 1024;
};

}  // namespace elfin::vfs
