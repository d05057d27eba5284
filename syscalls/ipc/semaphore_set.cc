#include "syscalls/ipc/semaphore_set.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "syscalls/kernel/kernel.h"

namespace elfin::ipc {

SemaphoreSet::SemaphoreSet(const IpcCaller& creator, int32_t key, uint32_t mode, size_t count)
    : IpcObject(creator, key, mode), semaphores_(count) {}

/// The sums of SEM_UNDO have bounds, too.
Status SemaphoreSet::CheckAdjustments(int32_t pid,
                                      const std::vector<abi::SemBuf>& operations) const {
  const auto found = adjustments_.find(pid);
  std::map<size_t, int32_t> sums;
  for (const abi::SemBuf& operation : operations) {
    if ((operation.flags & abi::kSemUndo) == 0) continue;
    const size_t number = operation.number;
    const int32_t before = found == adjustments_.end() ? 0 : found->second[number];
    int32_t& sum = sums.try_emplace(number, before).first->second;
    sum -= operation.operation;
    if (std::abs(sum) > kMaxValue) return Errno::kRange;
  }
  return kOk;
}

/// Does all of it, or nothing and says what it waits for. Errors: kRange.
Result<SemaphoreSet::Attempt> SemaphoreSet::Try(kernel::Thread& thread,
                                                const std::vector<abi::SemBuf>& operations,
                                                Blocked& where, bool& may_wait) {
  std::vector<Semaphore> after = semaphores_;
  const int32_t pid = thread.process().pid;
  for (const abi::SemBuf& operation : operations) {
    Semaphore& semaphore = after[operation.number];
    const bool waits =
        operation.operation == 0 ? semaphore.value != 0 : semaphore.value + operation.operation < 0;
    if (waits) {
      where = {operation.number, operation.operation == 0};
      may_wait = (operation.flags & abi::kIpcNoWait) == 0;
      return Attempt::kWouldWait;
    }
    semaphore.value += operation.operation;
    semaphore.last_pid = pid;
    if (semaphore.value > kMaxValue) return Errno::kRange;
  }
  TRY(CheckAdjustments(pid, operations));
  for (const abi::SemBuf& operation : operations) {
    if ((operation.flags & abi::kSemUndo) == 0) continue;
    std::vector<int32_t>& mine = adjustments_[pid];
    mine.resize(semaphores_.size());
    mine[operation.number] -= operation.operation;
  }
  semaphores_ = std::move(after);
  return Attempt::kDone;
}

Task<Status> SemaphoreSet::Operate(kernel::Thread& thread, std::shared_ptr<SemaphoreSet> set,
                                   std::vector<abi::SemBuf> operations,
                                   std::optional<int64_t> deadline_ns) {
  for (const abi::SemBuf& operation : operations) {
    if (operation.number >= set->count()) co_return Errno::kFBig;
  }
  for (;;) {
    if (set->removed_) co_return abi::kErrnoIdRemoved;
    Blocked where{};
    bool may_wait = false;
    CO_ASSIGN(const Attempt attempt, set->Try(thread, operations, where, may_wait));
    if (attempt == Attempt::kDone) break;
    if (!may_wait) co_return Errno::kAgain;
    kernel::Wait wait(thread);
    wait.On(set->queue_);
    if (deadline_ns) wait.Until(*deadline_ns);
    /// Takes itself off the list also when the process is killed.
    struct Listed {
      Listed(std::list<Blocked>& list, Blocked what)
          : list(list), at(list.insert(list.end(), what)) {}
      ~Listed() { list.erase(at); }
      std::list<Blocked>& list;
      std::list<Blocked>::iterator at;
    } const listed(set->blocked_, where);
    Status status = co_await wait;
    if (status.ok()) continue;
    if (set->removed_) co_return abi::kErrnoIdRemoved;
    co_return status.error() == Errno::kTimedOut ? Errno::kAgain : Errno::kIntr;
  }
  constexpr int64_t kSecond = 1'000'000'000;
  set->operation_time_s = thread.kernel().Now(kernel::HostClock::kRealtime) / kSecond;
  set->queue_.WakeAll();
  co_return kOk;
}

void SemaphoreSet::SetValue(const IpcCaller& caller, size_t number, int32_t value) {
  semaphores_[number] = {value, caller.pid};
  for (auto& [pid, adjustments] : adjustments_) adjustments[number] = 0;
  change_time_s = caller.now_s;
  queue_.WakeAll();
}

uint64_t SemaphoreSet::CountWaiting(size_t number, bool for_zero) const {
  return static_cast<uint64_t>(
      std::count_if(blocked_.begin(), blocked_.end(), [&](const Blocked& waiting) {
        return waiting.number == number && waiting.for_zero == for_zero;
      }));
}

void SemaphoreSet::MarkRemoved() {
  removed_ = true;
  queue_.WakeAll();
}

void SemaphoreSet::Undo(int32_t pid) {
  const auto found = adjustments_.find(pid);
  if (found == adjustments_.end()) return;
  for (size_t number = 0; number < semaphores_.size(); ++number) {
    if (found->second[number] == 0) continue;
    Semaphore& semaphore = semaphores_[number];
    semaphore.value = std::clamp(semaphore.value + found->second[number], 0, kMaxValue);
    semaphore.last_pid = pid;
  }
  adjustments_.erase(found);
  queue_.WakeAll();
}

}  // namespace elfin::ipc
