#include "syscalls/tty/terminals.h"

#include "syscalls/kernel/kernel.h"

namespace elfin::tty {
namespace {
constexpr uint32_t kPtsMajor = 136;
}  // namespace

Result<TerminalNode*> Terminals::Add(Line* line, uint32_t uid, uint32_t gid) {
  uint32_t number = 0;
  while (nodes_.count(number) != 0) ++number;
  if (number >= kMost) return Errno::kNoSpc;
  TerminalNode node;
  node.tty = std::make_shared<Tty>(kernel_, number, line);
  vfs::Attributes& attributes = node.attributes;
  attributes.type = vfs::FileType::kCharacter;
  attributes.permissions = 0620;
  attributes.uid = uid;
  attributes.gid = gid;
  attributes.inode = number + 3;
  attributes.rdev = vfs::MakeDevice(kPtsMajor, number);
  attributes.block_size = 1024;
  attributes.accessed = attributes.modified = attributes.changed =
      kernel_.Now(kernel::HostClock::kRealtime);
  return &(nodes_[number] = std::move(node));
}

TerminalNode* Terminals::Find(uint32_t number) {
  const auto found = nodes_.find(number);
  return found == nodes_.end() ? nullptr : &found->second;
}

std::shared_ptr<Tty> Terminals::ControllingOf(const kernel::Process& process) const {
  for (const auto& [number, node] : nodes_) {
    if (node.tty->Controls(process)) return node.tty;
  }
  return nullptr;
}

void Terminals::SessionEnded(kernel::Pid session) {
  for (const auto& [number, node] : nodes_) {
    if (node.tty->session() == session) node.tty->Disconnect();
  }
}

}  // namespace elfin::tty
