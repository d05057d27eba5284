// All terminals of a machine: their numbers, and which of them controls a session.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "syscalls/tty/tty.h"

namespace elfin::tty {

/// What /dev/pts shows of a terminal.
struct TerminalNode {
  std::shared_ptr<Tty> tty;
  vfs::Attributes attributes;  // owner, mode, times
  bool locked = false;         // unlockpt has not been called
};

class Terminals {
 public:
  /// As many pseudoterminals at once (/proc/sys/kernel/pty/max).
  static constexpr uint32_t kMost = 4096;
  /// Debian's group tty, as devpts is mounted with gid=5.
  static constexpr uint32_t kGroup = 5;

  explicit Terminals(kernel::Kernel& kernel) : kernel_(kernel) {}

  /// A new one with the lowest free number. Errors: kNoSpc.
  Result<TerminalNode*> Add(Line* line, uint32_t uid, uint32_t gid);
  void Remove(uint32_t number) { nodes_.erase(number); }
  TerminalNode* Find(uint32_t number);
  const std::map<uint32_t, TerminalNode>& nodes() const { return nodes_; }

  /// The terminal that controls the process's session, or nullptr.
  std::shared_ptr<Tty> ControllingOf(const kernel::Process& process) const;
  /// A session's leader has ended.
  void SessionEnded(kernel::Pid session);

 private:
  kernel::Kernel& kernel_;
  std::map<uint32_t, TerminalNode> nodes_;
};

}  // namespace elfin::tty
