#include "syscalls/fs/anonymous_inode.h"

#include "syscalls/fs/inode_core.h"
#include "syscalls/fs/pseudo_fs.h"

namespace elfin::fs {
namespace {

class AnonymousInode final : public vfs::Inode {
 public:
  AnonymousInode(PseudoFs& filesystem, uint64_t number) : fs_(filesystem), number_(number) {}
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
  PseudoFs& fs_;
  const uint64_t number_;
};

}  // namespace

vfs::Path MakeAnonymousPath(const vfs::Caller& caller, std::string name) {
  constexpr uint64_t kMagic = 0x09041934;
  const vfs::MountPtr mount = FindPseudoFs(caller.mounts, "anon_inodefs", kMagic);
  auto& filesystem = static_cast<PseudoFs&>(*mount->filesystem);
  auto inode = std::make_shared<AnonymousInode>(filesystem, filesystem.next_inode++);
  return {mount, vfs::Dentry::MakeRoot(std::move(inode), std::move(name))};
}

}  // namespace elfin::fs
