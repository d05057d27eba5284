// MessageQueue: what msgget(2) makes.
#pragma once

#include <list>
#include <memory>
#include <vector>

#include "syscalls/ipc/ipc_object.h"
#include "syscalls/kernel/task.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::kernel {
class Thread;
}

namespace elfin::ipc {

class MessageQueue final : public IpcObject {
 public:
  static constexpr uint64_t kMaxMessage = 8192;  // MSGMAX
  static constexpr uint64_t kMaxBytes = 16'384;  // MSGMNB
  static constexpr size_t kMaxQueues = 32'000;   // MSGMNI

  using IpcObject::IpcObject;

  struct Message {
    int64_t type;
    std::vector<uint8_t> bytes;
  };
  enum class Patience : uint8_t { kNone, kWaits };

  /// msgsnd(2). Errors: kAgain, kIdRm, kRestartNoHand.
  static Task<Status> Send(kernel::Thread& thread, std::shared_ptr<MessageQueue> queue,
                           Message message, Patience patience);
  /// msgrcv(2): the first of the type (0: of any; below 0: of the lowest up to −type; `except`: of
  /// any other). `flags`: MSG_NOERROR, MSG_EXCEPT, IPC_NOWAIT. Errors: k2Big, kNoMsg, kIdRm,
  /// kRestartNoHand.
  static Task<Result<Message>> Receive(kernel::Thread& thread, std::shared_ptr<MessageQueue> queue,
                                       uint64_t size, int64_t type, int32_t flags);

  uint64_t bytes() const { return bytes_; }
  uint64_t messages() const { return messages_.size(); }
  uint64_t max_bytes = kMaxBytes;
  int64_t send_time_s = 0;
  int64_t receive_time_s = 0;
  int32_t last_sender = 0;
  int32_t last_receiver = 0;
  /// IPC_RMID: who waits gets kIdRm.
  void MarkRemoved();
  /// max_bytes has been changed.
  void WakeSenders() { senders_.WakeAll(); }

 private:
  std::list<Message>::iterator Choose(int64_t type, int32_t flags);

  std::list<Message> messages_;
  uint64_t bytes_ = 0;
  kernel::WaitQueue senders_;
  kernel::WaitQueue receivers_;
  bool removed_ = false;
};

}  // namespace elfin::ipc
