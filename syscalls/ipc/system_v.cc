#include "syscalls/ipc/system_v.h"

namespace elfin::ipc {

void SystemV::ProcessEnded(int32_t pid) {
  semaphores.ForEach([pid](const std::shared_ptr<SemaphoreSet>& set) { set->Undo(pid); });
}

void SystemV::Leave(const memory::AddressSpace& memory, int32_t pid, int64_t now_s) {
  if (!memory.has_shared_mappings()) return;
  segments.ForEach([&](const std::shared_ptr<SharedSegment>& segment) {
    for (const auto& [start, area] : memory.areas()) {
      if (area.shared != segment->pages) continue;
      segment->last_pid = pid;
      segment->detach_time_s = now_s;
      return;
    }
  });
}

void SystemV::FreeDetached() {
  std::vector<std::shared_ptr<SharedSegment>> gone;
  segments.ForEach([&](const std::shared_ptr<SharedSegment>& segment) {
    if (segment->doomed && !segment->pages->has_users()) gone.push_back(segment);
  });
  for (const auto& segment : gone) segments.Remove(*segment);
}

}  // namespace elfin::ipc
