// All System V objects of the machine.
#pragma once

#include "runtime/memory/address_space.h"
#include "syscalls/ipc/ipc_table.h"
#include "syscalls/ipc/message_queue.h"
#include "syscalls/ipc/semaphore_set.h"
#include "syscalls/ipc/shared_segment.h"

namespace elfin::ipc {

class SystemV {
 public:
  IpcTable<SharedSegment> segments{SharedSegment::kMaxSegments};
  IpcTable<SemaphoreSet> semaphores{SemaphoreSet::kMaxSets};
  IpcTable<MessageQueue> queues{MessageQueue::kMaxQueues};

  /// SEM_UNDO of a process that has ended.
  void ProcessEnded(int32_t pid);
  /// The process leaves `memory`, with what it has attached there.
  void Leave(const memory::AddressSpace& memory, int32_t pid, int64_t now_s);
  /// Frees doomed segments that nobody has attached any more.
  void FreeDetached();
};

}  // namespace elfin::ipc
