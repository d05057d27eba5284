// FileLocks: the advisory locks of one inode (fcntl(2)'s record locks and flock(2)'s).
//
//   record locks   owner: a descriptor table (POSIX's "process"), gone when that table closes any
//                  descriptor of the inode; or an open file description (F_OFD_SETLK)
//   flock          owner: an open file description; whole file; apart from record locks
//
// FdTable and File let go of what they own (Release) when they close, so nobody who ends leaves a
// lock.
#pragma once

#include <cstdint>
#include <list>
#include <map>

#include "runtime/base/result.h"
#include "syscalls/kernel/task.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::kernel {
class Thread;
}

namespace elfin::vfs {

class FdTable;
class File;
class FileLocks;
class Inode;

enum class LockType : uint8_t { kShared, kExclusive, kNone };

struct RecordLock {
  LockType type = LockType::kNone;
  uint64_t first = 0;  // byte
  uint64_t last = 0;   // INT64_MAX: whatever the end will be
  /// One of these owns it.
  FdTable* table = nullptr;
  const File* file = nullptr;
  int32_t pid = -1;  // as F_GETLK tells it

  bool HasOwnerOf(const RecordLock& other) const {
    return table == other.table && file == other.file;
  }
};

/// A record lock that somebody waits for: lives in the waiting coroutine, and in
/// FdTable::lock_waits.
struct LockWait {
  const FileLocks& locks;
  const RecordLock& wanted;
};

enum class LockPatience : uint8_t { kNone, kWaits };

class FileLocks {
 public:
  /// The locks of an inode, made where there were none.
  static FileLocks& Of(Inode& inode);

  /// Some lock of somebody else that keeps `wanted` from being; null: none.
  const RecordLock* FindConflict(const RecordLock& wanted) const;
  /// Gives the owner's bytes of that range the type (kNone: unlocks). Errors: kAgain, kDeadlk, and
  /// Wait's.
  Task<Status> Set(kernel::Thread& thread, RecordLock wanted, LockPatience patience);
  /// flock(2). As on Linux, a lock of another type goes before the new one is tried. Errors:
  /// kAgain, Wait's.
  Task<Status> SetWhole(kernel::Thread& thread, const File& file, LockType type,
                        LockPatience patience);

  void Release(const FdTable& table);
  void Release(const File& file);

 private:
  void Put(const RecordLock& lock);
  bool WouldDeadlock(const RecordLock& wanted) const;
  bool IsWholeFree(const File& file, LockType type) const;

  std::list<RecordLock> records_;
  std::map<const File*, LockType> wholes_;
  kernel::WaitQueue queue_;
};

}  // namespace elfin::vfs
