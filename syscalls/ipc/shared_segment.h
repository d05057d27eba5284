// SharedSegment: what shmget(2) makes. Its bytes are a SharedPages, which shmat maps.
#pragma once

#include <cstdio>
#include <memory>

#include "runtime/memory/shared_pages.h"
#include "syscalls/ipc/ipc_object.h"

namespace elfin::ipc {

class SharedSegment final : public IpcObject {
 public:
  static constexpr size_t kMaxSegments = 4096;  // SHMMNI

  SharedSegment(const IpcCaller& creator, int32_t key, uint32_t mode, uint64_t size)
      : IpcObject(creator, key, mode),
        size(size),
        creator_pid(creator.pid),
        pages(std::make_shared<memory::SharedPages>(size, memory::SharedPages::Tracking::kAlways)) {
    char text[24];
    std::snprintf(text, sizeof(text), "/SYSV%08x (deleted)", static_cast<uint32_t>(key));
    pages->name = text;
  }

  const uint64_t size;
  const int32_t creator_pid;
  int32_t last_pid = 0;
  int64_t attach_time_s = 0;
  int64_t detach_time_s = 0;
  bool locked = false;
  /// IPC_RMID: it goes with its last attachment.
  bool doomed = false;
  const std::shared_ptr<memory::SharedPages> pages;
};

}  // namespace elfin::ipc
