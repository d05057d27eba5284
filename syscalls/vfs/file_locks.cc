#include "syscalls/vfs/file_locks.h"

#include <algorithm>
#include <set>
#include <vector>

#include "syscalls/vfs/fd_table.h"
#include "syscalls/vfs/inode.h"

namespace elfin::vfs {

namespace {

bool Overlap(const RecordLock& one, const RecordLock& other) {
  return one.first <= other.last && other.first <= one.last;
}

bool Exclude(LockType one, LockType other) {
  if (one == LockType::kNone || other == LockType::kNone) return false;
  return one == LockType::kExclusive || other == LockType::kExclusive;
}

/// Registers a wait with its owner, for the search for deadlocks.
class WaitingTable {
 public:
  WaitingTable(FdTable* table, const LockWait& wait) : table_(table), wait_(wait) {
    if (table_ != nullptr) table_->lock_waits.insert(&wait_);
  }
  ~WaitingTable() {
    if (table_ != nullptr) table_->lock_waits.erase(&wait_);
  }
  WaitingTable(const WaitingTable&) = delete;
  WaitingTable& operator=(const WaitingTable&) = delete;

 private:
  FdTable* table_;
  const LockWait& wait_;
};

}  // namespace

FileLocks& FileLocks::Of(Inode& inode) {
  if (inode.locks == nullptr) inode.locks = std::make_shared<FileLocks>();
  return *inode.locks;
}

const RecordLock* FileLocks::FindConflict(const RecordLock& wanted) const {
  for (const RecordLock& lock : records_) {
    const bool conflicts =
        !lock.HasOwnerOf(wanted) && Overlap(lock, wanted) && Exclude(lock.type, wanted.type);
    if (conflicts) return &lock;
  }
  return nullptr;
}

/// Whether the owner of the lock in the way waits, perhaps by way of others, for the one who asks.
bool FileLocks::WouldDeadlock(const RecordLock& wanted) const {
  if (wanted.table == nullptr) return false;
  std::set<const FdTable*> seen;
  std::vector<const RecordLock*> in_the_way = {FindConflict(wanted)};
  while (!in_the_way.empty()) {
    const RecordLock* lock = in_the_way.back();
    in_the_way.pop_back();
    if (lock == nullptr || lock->table == nullptr) continue;
    if (lock->table == wanted.table) return true;
    if (!seen.insert(lock->table).second) continue;
    for (const LockWait* wait : lock->table->lock_waits) {
      in_the_way.push_back(wait->locks.FindConflict(wait->wanted));
    }
  }
  return false;
}

Task<Status> FileLocks::Set(kernel::Thread& thread, RecordLock wanted, LockPatience patience) {
  while (FindConflict(wanted) != nullptr) {
    if (patience == LockPatience::kNone) co_return Errno::kAgain;
    if (WouldDeadlock(wanted)) co_return Errno::kDeadlk;
    const LockWait wait{*this, wanted};
    const WaitingTable waiting(wanted.table, wait);
    CO_TRY(co_await queue_.Wait(thread));
  }
  Put(wanted);
  queue_.WakeAll();
  co_return kOk;
}

void FileLocks::Put(const RecordLock& lock) {
  RecordLock joined = lock;
  for (auto next = records_.begin(); next != records_.end();) {
    const RecordLock old = *next;
    const bool touches = old.first <= joined.last + 1 && joined.first <= old.last + 1;
    if (!old.HasOwnerOf(lock) || !touches || (old.type != lock.type && !Overlap(old, lock))) {
      ++next;
      continue;
    }
    next = records_.erase(next);
    if (old.type == lock.type) {
      joined.first = std::min(joined.first, old.first);
      joined.last = std::max(joined.last, old.last);
      continue;
    }
    RecordLock rest = old;
    if (old.first < lock.first) {
      rest.last = lock.first - 1;
      records_.insert(next, rest);
    }
    if (old.last > lock.last) {
      rest.first = lock.last + 1;
      rest.last = old.last;
      records_.insert(next, rest);
    }
  }
  if (lock.type != LockType::kNone) records_.push_back(joined);
}

bool FileLocks::IsWholeFree(const File& file, LockType type) const {
  return std::none_of(wholes_.begin(), wholes_.end(), [&](const auto& entry) {
    return entry.first != &file && Exclude(entry.second, type);
  });
}

Task<Status> FileLocks::SetWhole(kernel::Thread& thread, const File& file, LockType type,
                                 LockPatience patience) {
  const auto old = wholes_.find(&file);
  if (old != wholes_.end()) {
    if (old->second == type) co_return kOk;
    wholes_.erase(old);
    queue_.WakeAll();
  }
  if (type == LockType::kNone) co_return kOk;
  while (!IsWholeFree(file, type)) {
    if (patience == LockPatience::kNone) co_return Errno::kAgain;
    CO_TRY(co_await queue_.Wait(thread));
  }
  wholes_[&file] = type;
  co_return kOk;
}

void FileLocks::Release(const FdTable& table) {
  records_.remove_if([&](const RecordLock& lock) { return lock.table == &table; });
  queue_.WakeAll();
}

void FileLocks::Release(const File& file) {
  records_.remove_if([&](const RecordLock& lock) { return lock.file == &file; });
  wholes_.erase(&file);
  queue_.WakeAll();
}

}  // namespace elfin::vfs
