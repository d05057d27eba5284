#include "syscalls/fs/devpts.h"

#include <charconv>
#include <map>
#include <string>
#include <utility>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/inode_core.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/tty/tty_file.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::fs {
namespace {

constexpr const char* kType = "devpts";
constexpr const char* kMultiplexer = "ptmx";

class DevPts final : public vfs::Filesystem {
 public:
  explicit DevPts(kernel::Kernel& the_kernel) : kernel(the_kernel) {}
  std::string_view type() const override { return kType; }
  InodePtr root() override;
  vfs::FilesystemInfo Info() override {
    vfs::FilesystemInfo info;
    info.magic = 0x1cd1;
    return info;
  }
  tty::Terminals& terminals() { return kernel.terminals(); }
  /// One object for each number as long as somebody holds it.
  InodePtr InodeOf(uint32_t number);

  kernel::Kernel& kernel;

 private:
  std::weak_ptr<vfs::Inode> root_;
  std::map<uint32_t, std::weak_ptr<vfs::Inode>> inodes_;
};

class TerminalInode final : public vfs::Inode {
 public:
  TerminalInode(DevPts& filesystem, std::shared_ptr<tty::Tty> tty)
      : fs_(filesystem), tty_(std::move(tty)) {}
  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return FileType::kCharacter; }
  /// The node that this inode was made for; nullptr: gone, and its number may be another's.
  tty::TerminalNode* node() {
    tty::TerminalNode* found = fs_.terminals().Find(tty_->number());
    return found != nullptr && found->tty == tty_ ? found : nullptr;
  }
  const tty::Tty* tty() const { return tty_.get(); }
  Result<Attributes> attributes() override {
    if (const tty::TerminalNode* here = node()) last_ = here->attributes;
    last_.device = fs_.device;
    return last_;
  }
  Task<Status> SetAttributes(const vfs::AttributeChange& change) override {
    tty::TerminalNode* here = node();
    if (here == nullptr) return Errno::kIo;
    ApplyChange(change, Now(fs_.kernel.host()), here->attributes);
    return kOk;
  }
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller& caller, const vfs::Path& path,
                                  uint32_t flags) override {
    return OpenTerminal(caller, node(), path, flags);
  }

 private:
  DevPts& fs_;
  std::shared_ptr<tty::Tty> tty_;
  Attributes last_;
};

class MultiplexerInode final : public vfs::Inode {
 public:
  explicit MultiplexerInode(DevPts& filesystem) : fs_(filesystem) {
    attributes_.type = FileType::kCharacter;
    attributes_.inode = 2;
    attributes_.rdev = vfs::MakeDevice(5, 2);
    attributes_.accessed = attributes_.modified = attributes_.changed = Now(fs_.kernel.host());
  }
  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return FileType::kCharacter; }
  Result<Attributes> attributes() override {
    attributes_.device = fs_.device;
    return attributes_;
  }
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller& caller, const vfs::Path& path,
                                  uint32_t flags) override {
    return OpenPtyMaster(caller, path, flags);
  }

 private:
  DevPts& fs_;
  Attributes attributes_;  // mode 0, as devpts' own ptmx: /dev/ptmx is the one to use
};

class PtsDirectoryStream final : public vfs::DirectoryStream {
 public:
  explicit PtsDirectoryStream(DevPts& filesystem) : fs_(filesystem) {}
  /// Cookies: 1 behind ptmx, number + 2 behind a terminal.
  Task<Status> Read(uint64_t cookie, vfs::DirectoryVisitor& visitor) override {
    if (cookie == 0 && !visitor.Visit({kMultiplexer, 2, FileType::kCharacter, 1})) return kOk;
    const uint64_t from = cookie < 2 ? 0 : cookie - 1;
    const auto& nodes = fs_.terminals().nodes();
    for (auto node = nodes.lower_bound(static_cast<uint32_t>(from)); node != nodes.end(); ++node) {
      const std::string name = std::to_string(node->first);
      const uint64_t inode = node->second.attributes.inode;
      if (!visitor.Visit({name, inode, FileType::kCharacter, node->first + uint64_t{2}})) break;
    }
    return kOk;
  }

 private:
  DevPts& fs_;
};

class PtsDirectory final : public vfs::Inode {
 public:
  explicit PtsDirectory(DevPts& filesystem) : fs_(filesystem) {
    attributes_.type = FileType::kDirectory;
    attributes_.permissions = 0755;
    attributes_.inode = 1;
    attributes_.links = 2;
    attributes_.accessed = attributes_.modified = attributes_.changed = Now(fs_.kernel.host());
  }
  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return FileType::kDirectory; }
  Result<Attributes> attributes() override {
    attributes_.device = fs_.device;
    return attributes_;
  }
  Task<Result<InodePtr>> Lookup(std::string_view name) override {
    if (name == kMultiplexer) return InodePtr(std::make_shared<MultiplexerInode>(fs_));
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole = error == std::errc() && end == name.data() + name.size();
    if (!whole || std::to_string(number) != name || fs_.terminals().Find(number) == nullptr) {
      return Errno::kNoEnt;
    }
    return fs_.InodeOf(number);
  }
  Result<std::unique_ptr<vfs::DirectoryStream>> OpenDirectory() override {
    return std::unique_ptr<vfs::DirectoryStream>(std::make_unique<PtsDirectoryStream>(fs_));
  }

 private:
  DevPts& fs_;
  Attributes attributes_;
};

InodePtr DevPts::root() {
  InodePtr root = root_.lock();
  if (root == nullptr) root_ = root = std::make_shared<PtsDirectory>(*this);
  return root;
}

InodePtr DevPts::InodeOf(uint32_t number) {
  const std::shared_ptr<tty::Tty>& tty = terminals().Find(number)->tty;
  InodePtr inode = inodes_[number].lock();
  if (inode == nullptr || static_cast<TerminalInode&>(*inode).tty() != tty.get()) {
    inodes_[number] = inode = std::make_shared<TerminalInode>(*this, tty);
  }
  return inode;
}

/// A session's leader without a terminal takes the one that it opens.
void TakeForSession(tty::Tty& tty, const vfs::Caller& caller, uint32_t flags) {
  const kernel::Process* process = caller.process;
  if (process == nullptr || (flags & abi::kONoCtty) != 0) return;
  const bool leads = process->session == process->pid;
  if (!leads || tty.session() != 0) return;
  if (process->kernel.terminals().ControllingOf(*process) != nullptr) return;
  tty.BecomeControllingFor(*process);
}

}  // namespace

vfs::FilesystemPtr MakeDevPts(kernel::Kernel& kernel) { return std::make_shared<DevPts>(kernel); }

Result<vfs::FilePtr> OpenTerminal(const vfs::Caller& caller, tty::TerminalNode* node,
                                  const vfs::Path& path, uint32_t flags) {
  if (node == nullptr || node->locked || node->tty->hung_up()) return Errno::kIo;
  TakeForSession(*node->tty, caller, flags);
  return vfs::FilePtr(std::make_shared<tty::TtyFile>(node->tty, path, flags));
}

Result<vfs::FilePtr> OpenControllingTerminal(const vfs::Caller& caller, const vfs::Path& path,
                                             uint32_t flags) {
  if (caller.process == nullptr) return Errno::kNxio;
  std::shared_ptr<tty::Tty> tty = caller.process->kernel.terminals().ControllingOf(*caller.process);
  if (tty == nullptr) return Errno::kNxio;
  return vfs::FilePtr(std::make_shared<tty::TtyFile>(std::move(tty), path, flags));
}

Result<vfs::FilePtr> OpenPtyMaster(const vfs::Caller& caller, const vfs::Path& path,
                                   uint32_t flags) {
  if (caller.process == nullptr) return Errno::kNxio;
  return tty::PtyMaster::Open(caller.process->kernel.terminals(), caller, path, flags);
}

Result<vfs::Path> TerminalPath(kernel::Kernel& kernel, uint32_t number) {
  for (const vfs::MountPtr& mount : kernel.mounts->mounts()) {
    if (mount->filesystem->type() != kType) continue;
    const InodePtr inode = TRY(mount->root->inode()->Lookup(std::to_string(number)).Take());
    return vfs::Path{mount, vfs::Dentry::Child(mount->root, std::to_string(number), inode)};
  }
  return Errno::kNoEnt;
}

}  // namespace elfin::fs
