#include "syscalls/ipc/message_queue.h"

#include <algorithm>
#include <utility>

#include "syscalls/kernel/kernel.h"

namespace elfin::ipc {

namespace {

int64_t NowSeconds(kernel::Thread& thread) {
  return thread.kernel().Now(kernel::HostClock::kRealtime) / 1'000'000'000;
}

Errno WhenWoken(bool removed, Errno error) {
  if (removed) return abi::kErrnoIdRemoved;
  return error == Errno::kRestartSys ? Errno::kRestartNoHand : error;
}

}  // namespace

Task<Status> MessageQueue::Send(kernel::Thread& thread, std::shared_ptr<MessageQueue> queue,
                                Message message, Patience patience) {
  const uint64_t size = message.bytes.size();
  while (queue->bytes_ + size > queue->max_bytes ||
         queue->messages_.size() + 1 > queue->max_bytes) {
    if (patience == Patience::kNone) co_return Errno::kAgain;
    Status status = co_await queue->senders_.Wait(thread);
    if (queue->removed_ || !status.ok()) {
      co_return WhenWoken(queue->removed_, status.ok() ? abi::kErrnoIdRemoved : status.error());
    }
  }
  queue->messages_.push_back(std::move(message));
  queue->bytes_ += size;
  queue->send_time_s = NowSeconds(thread);
  queue->last_sender = thread.process().pid;
  queue->receivers_.WakeAll();
  co_return kOk;
}

std::list<MessageQueue::Message>::iterator MessageQueue::Choose(int64_t type, int32_t flags) {
  if (type == 0) return messages_.begin();
  if (type > 0) {
    const bool except = (flags & abi::kMsgExcept) != 0;
    return std::find_if(messages_.begin(), messages_.end(),
                        [&](const Message& message) { return (message.type == type) != except; });
  }
  const int64_t highest = type == INT64_MIN ? INT64_MAX : -type;
  auto best = messages_.end();
  for (auto next = messages_.begin(); next != messages_.end(); ++next) {
    if (next->type > highest) continue;
    if (best == messages_.end() || next->type < best->type) best = next;
  }
  return best;
}

Task<Result<MessageQueue::Message>> MessageQueue::Receive(kernel::Thread& thread,
                                                          std::shared_ptr<MessageQueue> queue,
                                                          uint64_t size, int64_t type,
                                                          int32_t flags) {
  for (;;) {
    const auto chosen = queue->Choose(type, flags);
    if (chosen != queue->messages_.end()) {
      if (chosen->bytes.size() > size && (flags & abi::kMsgNoError) == 0) co_return Errno::k2Big;
      Message message = std::move(*chosen);
      queue->bytes_ -= message.bytes.size();
      queue->messages_.erase(chosen);
      if (message.bytes.size() > size) message.bytes.resize(size);
      queue->receive_time_s = NowSeconds(thread);
      queue->last_receiver = thread.process().pid;
      queue->senders_.WakeAll();
      co_return message;
    }
    if ((flags & abi::kIpcNoWait) != 0) co_return abi::kErrnoNoMessage;
    Status status = co_await queue->receivers_.Wait(thread);
    if (queue->removed_ || !status.ok()) {
      co_return WhenWoken(queue->removed_, status.ok() ? abi::kErrnoIdRemoved : status.error());
    }
  }
}

void MessageQueue::MarkRemoved() {
  removed_ = true;
  senders_.WakeAll();
  receivers_.WakeAll();
}

}  // namespace elfin::ipc
