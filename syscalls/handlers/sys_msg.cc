// System V message queues.
#include "syscalls/handlers/ipc_caller.h"
#include "syscalls/ipc/system_v.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

using ipc::MessageQueue;
using QueuePtr = std::shared_ptr<MessageQueue>;

Task<Result<uint64_t>> AwaitSending(Task<Status> task) {
  CO_TRY(co_await std::move(task));
  co_return uint64_t{0};
}

/// struct msgbuf: the type, then the text.
Task<Result<uint64_t>> ReceiveTo(SyscallContext& ctx, QueuePtr queue, GuestAddr to, uint64_t size,
                                 int64_t type, int32_t flags) {
  CO_ASSIGN(const MessageQueue::Message message,
            co_await MessageQueue::Receive(ctx.thread, std::move(queue), size, type, flags));
  CO_TRY(ctx.CopyOut(GuestPtr<int64_t>{to}, message.type));
  CO_TRY(ctx.CopyOut(to + sizeof(int64_t), message.bytes.data(), message.bytes.size()));
  co_return message.bytes.size();
}

abi::MsqIdDs Describe(const MessageQueue& queue) {
  abi::MsqIdDs status{};
  status.perm = queue.Describe();
  status.send_time = queue.send_time_s;
  status.receive_time = queue.receive_time_s;
  status.change_time = queue.change_time_s;
  status.bytes = queue.bytes();
  status.messages = queue.messages();
  status.max_bytes = queue.max_bytes;
  status.last_sender = queue.last_sender;
  status.last_receiver = queue.last_receiver;
  return status;
}

/// IPC_INFO and MSG_INFO, which tells of use in three of the fields.
SyscallResult TellLimits(SyscallContext& ctx, int32_t command, GuestAddr to) {
  const ipc::SystemV& all = ctx.kernel.system_v();
  constexpr int32_t kQueues = static_cast<int32_t>(MessageQueue::kMaxQueues);
  constexpr int32_t kBytes = static_cast<int32_t>(MessageQueue::kMaxBytes);
  constexpr int32_t kBytesPerKibibyte = 1024;
  abi::MsgInfo info{kQueues * (kBytes / kBytesPerKibibyte),
                    kBytes,
                    static_cast<int32_t>(MessageQueue::kMaxMessage),
                    kBytes,
                    kQueues,
                    16,
                    kBytes,
                    0xffff};
  if (command == abi::kMsgInfo) {
    info.pool = static_cast<int32_t>(all.queues.count());
    info.map = info.messages = 0;
    all.queues.ForEach([&](const QueuePtr& queue) {
      info.map += static_cast<int32_t>(queue->messages());
      info.messages += static_cast<int32_t>(queue->bytes());
    });
  }
  TRY(ctx.CopyOut(GuestPtr<abi::MsgInfo>{to}, info));
  return static_cast<uint64_t>(all.queues.highest_place());
}

SyscallResult ChangeQueue(SyscallContext& ctx, MessageQueue& queue, int32_t command,
                          GuestAddr buffer) {
  const ipc::IpcCaller caller = IpcCallerOf(ctx);
  abi::MsqIdDs wanted{};
  if (command == abi::kIpcSet) wanted = TRY(ctx.CopyIn(GuestPtr<abi::MsqIdDs>{buffer}));
  TRY(queue.CheckOwner(caller));
  if (command == abi::kIpcRemove) {
    queue.MarkRemoved();
    ctx.kernel.system_v().queues.Remove(queue);
    return uint64_t{0};
  }
  const bool grows = wanted.max_bytes > MessageQueue::kMaxBytes;
  if (grows && !caller.credentials.privileged()) return Errno::kPerm;
  queue.max_bytes = wanted.max_bytes;
  queue.Change(caller, wanted.perm);
  queue.WakeSenders();
  return uint64_t{0};
}

}  // namespace

/// msgget(2).
SyscallResult SysMsgget(SyscallContext& ctx, int32_t key, int32_t flags) {
  const ipc::IpcCaller caller = IpcCallerOf(ctx);
  auto make = [&]() -> Result<QueuePtr> {
    return std::make_shared<MessageQueue>(caller, key, static_cast<uint32_t>(flags));
  };
  auto check = [](const MessageQueue&) { return Status(kOk); };
  const int32_t id =
      TRY(ctx.kernel.system_v().queues.Get(caller, key, flags, std::move(make), check));
  return static_cast<uint64_t>(id);
}

/// msgsnd(2).
SyscallResult SysMsgsnd(SyscallContext& ctx, int32_t id, GuestAddr from, uint64_t size,
                        int32_t flags) {
  MessageQueue::Message message;
  message.type = TRY(ctx.CopyIn(GuestPtr<int64_t>{from}));
  if (size > MessageQueue::kMaxMessage || id < 0 || message.type < 1) return Errno::kInval;
  message.bytes.resize(size);
  TRY(ctx.CopyIn(from + sizeof(int64_t), message.bytes.data(), size));
  QueuePtr queue = TRY(ctx.kernel.system_v().queues.Find(id));
  TRY(queue->CheckAccess(IpcCallerOf(ctx), ipc::IpcObject::kWrite));
  const bool waits = (flags & abi::kIpcNoWait) == 0;
  return AwaitSending(
      MessageQueue::Send(ctx.thread, std::move(queue), std::move(message),
                         waits ? MessageQueue::Patience::kWaits : MessageQueue::Patience::kNone));
}

/// msgrcv(2): MSG_COPY is ENOSYS.
SyscallResult SysMsgrcv(SyscallContext& ctx, int32_t id, GuestAddr to, uint64_t size, int64_t type,
                        int32_t flags) {
  if (id < 0 || size > INT64_MAX) return Errno::kInval;
  if ((flags & abi::kMsgCopy) != 0) return Errno::kNoSys;
  QueuePtr queue = TRY(ctx.kernel.system_v().queues.Find(id));
  TRY(queue->CheckAccess(IpcCallerOf(ctx), ipc::IpcObject::kRead));
  return ReceiveTo(ctx, std::move(queue), to, size, type, flags);
}

/// msgctl(2).
SyscallResult SysMsgctl(SyscallContext& ctx, int32_t id, int32_t command, GuestAddr buffer) {
  ipc::SystemV& all = ctx.kernel.system_v();
  command &= ~abi::kIpc64;
  switch (command) {
    case abi::kIpcInfo:
    case abi::kMsgInfo:
      return TellLimits(ctx, command, buffer);
    case abi::kIpcStat:
    case abi::kMsgStat:
    case abi::kMsgStatAny: {
      const QueuePtr queue =
          TRY(command == abi::kIpcStat ? all.queues.Find(id) : all.queues.FindPlace(id));
      if (command != abi::kMsgStatAny) {
        TRY(queue->CheckAccess(IpcCallerOf(ctx), ipc::IpcObject::kRead));
      }
      TRY(ctx.CopyOut(GuestPtr<abi::MsqIdDs>{buffer}, Describe(*queue)));
      return static_cast<uint64_t>(command == abi::kIpcStat ? 0 : queue->id);
    }
    case abi::kIpcSet:
    case abi::kIpcRemove:
      return ChangeQueue(ctx, *TRY(all.queues.Find(id)), command, buffer);
    default:
      return Errno::kInval;
  }
}

}  // namespace elfin::kernel
