#include "syscalls/fs/anonymous_inode.h"

#include "syscalls/fs/inode_core.h"

namespace elfin::fs {
namespace {

class AnonymousFs final : public vfs::Filesystem {
 public:
  std::string_view type() const override { return "anon_inodefs"; }
  InodePtr root() override { return nullptr; }
  vfs::FilesystemInfo Info() override {
    vfs::FilesystemInfo info;
    info.magic = 0x09041934;
    return info;
  }
  uint64_t next_inode = 1;
};

class AnonymousInode final : public vfs::Inode {
 public:
  AnonymousInode(AnonymousFs& filesystem, uint64_t number) : fs_(filesystem), number_(number) {}
  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return FileType::kRegular; }
  Result<Attributes> attributes() override {
    Attributes attributes;
    attributes.device = fs_.device;
    attributes.inode = number_;
    attributes.type = FileType::kRegular;
    attributes.permissions = 0600;
    return attributes;
  }
  Task<Status> SetAttributes(const vfs::AttributeChange&) override { return Errno::kPerm; }
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller&, const vfs::Path&, uint32_t) override {
    return Errno::kNxio;
  }

 private:
  AnonymousFs& fs_;
  const uint64_t number_;
};

}  // namespace

vfs::Path MakeAnonymousPath(const vfs::Caller& caller, std::string name) {
  vfs::MountPtr mount = caller.mounts.FindPseudo("anon_inodefs");
  if (mount == nullptr) mount = caller.mounts.AddPseudo(std::make_shared<AnonymousFs>());
  auto& filesystem = static_cast<AnonymousFs&>(*mount->filesystem);
  auto inode = std::make_shared<AnonymousInode>(filesystem, filesystem.next_inode++);
  return {mount, vfs::Dentry::MakeRoot(std::move(inode), std::move(name))};
}

}  // namespace elfin::fs
