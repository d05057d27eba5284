// SemaphoreSet: what semget(2) makes. semop(2)'s operations happen all at once or wait.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "syscalls/ipc/ipc_object.h"
#include "syscalls/kernel/task.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::kernel {
class Thread;
}

namespace elfin::ipc {

class SemaphoreSet final : public IpcObject {
 public:
  static constexpr int32_t kMaxValue = 32'767;     // SEMVMX, and of SEM_UNDO's sums
  static constexpr uint64_t kMaxOperations = 500;  // SEMOPM
  static constexpr int32_t kMaxPerSet = 32'000;    // SEMMSL
  static constexpr size_t kMaxSets = 32'000;       // SEMMNI

  SemaphoreSet(const IpcCaller& creator, int32_t key, uint32_t mode, size_t count);

  struct Semaphore {
    int32_t value = 0;
    int32_t last_pid = 0;
  };
  size_t count() const { return semaphores_.size(); }
  const Semaphore& at(size_t number) const { return semaphores_[number]; }
  int64_t operation_time_s = 0;

  /// semtimedop(2). Errors: kFBig (number), kAgain (would wait, or too late), kIntr, kIdRm, kRange.
  static Task<Status> Operate(kernel::Thread& thread, std::shared_ptr<SemaphoreSet> set,
                              std::vector<abi::SemBuf> operations,
                              std::optional<int64_t> deadline_ns);
  /// SETVAL, SETALL. Precondition: value within 0…kMaxValue.
  void SetValue(const IpcCaller& caller, size_t number, int32_t value);
  /// How many wait for it to become greater, or zero.
  uint64_t CountWaiting(size_t number, bool for_zero) const;
  /// IPC_RMID: who waits gets kIdRm.
  void MarkRemoved();
  /// A process has ended: SEM_UNDO.
  void Undo(int32_t pid);

 private:
  struct Blocked {
    size_t number;
    bool for_zero;
  };
  enum class Attempt : uint8_t { kDone, kWouldWait };

  Result<Attempt> Try(kernel::Thread& thread, const std::vector<abi::SemBuf>& operations,
                      Blocked& where, bool& may_wait);
  Status CheckAdjustments(int32_t pid, const std::vector<abi::SemBuf>& operations) const;

  std::vector<Semaphore> semaphores_;
  std::map<int32_t, std::vector<int32_t>> adjustments_;  // by process: what to add at its end
  std::list<Blocked> blocked_;
  kernel::WaitQueue queue_;
  bool removed_ = false;
};

}  // namespace elfin::ipc
