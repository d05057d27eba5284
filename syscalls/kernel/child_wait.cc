#include "syscalls/kernel/child_wait.h"

#include "syscalls/abi/clone.h"
#include "syscalls/kernel/exit.h"
#include "syscalls/kernel/kernel.h"

namespace elfin::kernel {

namespace {

/// Children whose end is told by another signal than SIGCHLD are "clones" (wait(2)).
bool IsWanted(const Process& child, const ChildWait& wanted) {
  if (wanted.who == ChildWait::Who::kPid && child.pid != wanted.id) return false;
  if (wanted.who == ChildWait::Who::kGroup && child.group != wanted.id) return false;
  if ((wanted.options & abi::kWAll) != 0) return true;
  const bool is_clone = child.exit_signal != abi::kSigChld;
  return is_clone == ((wanted.options & abi::kWClone) != 0);
}

std::optional<ChildNews> NewsOf(Process& child, const ChildWait& wanted) {
  constexpr int32_t kStoppedStatus = 0x7f, kContinuedStatus = 0xffff;
  const bool takes = (wanted.options & abi::kWNoWait) == 0;
  ChildNews news;
  news.pid = child.pid;
  if (child.stop_news != 0 && (wanted.options & abi::kWStopped) != 0) {
    news.wait_status = child.stop_news << 8 | kStoppedStatus;
    news.info = ChildInfo(child, abi::kCldStopped, child.stop_news);
    if (takes) child.stop_news = 0;
    return news;
  }
  if (child.continue_news && (wanted.options & abi::kWContinued) != 0) {
    news.wait_status = kContinuedStatus;
    news.info = ChildInfo(child, abi::kCldContinued, abi::kSigCont);
    if (takes) child.continue_news = false;
    return news;
  }
  if (child.is_zombie && (wanted.options & abi::kWExited) != 0) {
    news.wait_status = child.exit_status->WaitStatus();
    news.info = ChildEndInfo(child);
    news.time = child.cpu_time();
    news.time += child.children_time;
    return news;
  }
  return std::nullopt;
}

}  // namespace

Task<Result<ChildNews>> WaitForChild(Thread& thread, ChildWait wanted) {
  Process& parent = thread.process();
  Kernel& kernel = thread.kernel();
  for (;;) {
    bool has_children = false;
    for (const auto& [pid, child] : kernel.processes()) {
      if (child->parent != parent.pid || !IsWanted(*child, wanted)) continue;
      has_children = true;
      const std::optional<ChildNews> news = NewsOf(*child, wanted);
      if (!news) continue;
      if (child->is_zombie && (wanted.options & abi::kWNoWait) == 0) {
        parent.children_time += news->time;
        kernel.Reap(pid);
      }
      co_return *news;
    }
    if (!has_children) co_return Errno::kChild;
    if ((wanted.options & abi::kWNoHang) != 0) co_return ChildNews{};
    CO_TRY(co_await parent.children_queue.Wait(thread));
  }
}

}  // namespace elfin::kernel
