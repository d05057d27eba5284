#include "syscalls/fs/anonymous_inode.h"

#include "syscalls/fs/inode_core.h"
#include "syscalls/fs/pseudo_fs.h"

namespace elfin::fs {
namespace {

class AnonymousInode final : public vfs::Inode {
 public:
  AnonymousInode(PseudoFs& filesystem, FileType type, uint32_t permissions)
      : fs_(filesystem), number_(filesystem.next_inode++), type_(type), permissions_(permissions) {}
  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return type_; }
  Result<Attributes> attributes() override {
    Attributes attributes;
    attributes.device = fs_.device;
    attributes.inode = number_;
    attributes.type = type_;
    attributes.permissions = permissions_;
    return attributes;
  }
  Task<Status> SetAttributes(const vfs::AttributeChange&) override { return Errno::kPerm; }
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller&, const vfs::Path&, uint32_t) override {
    return Errno::kNxio;
  }

 private:
  PseudoFs& fs_;
  const uint64_t number_;
  const FileType type_;
  const uint32_t permissions_;
};

}  // namespace

vfs::Path MakeAnonymousPath(const vfs::Caller& caller, std::string name) {
  constexpr uint64_t kMagic = 0x09041934;
  const vfs::MountPtr mount = FindPseudoFs(caller.mounts, "anon_inodefs", kMagic);
  auto& filesystem = static_cast<PseudoFs&>(*mount->filesystem);
  auto inode = std::make_shared<AnonymousInode>(filesystem, FileType::kRegular, 0600);
  return {mount, vfs::Dentry::MakeRoot(std::move(inode), std::move(name))};
}

vfs::MountPtr FindSocketMount(vfs::MountTable& mounts) {
  constexpr uint64_t kMagic = 0x534f434b;
  return FindPseudoFs(mounts, "sockfs", kMagic);
}

vfs::Path MakeSocketPath(const vfs::MountPtr& mount) {
  auto& filesystem = static_cast<PseudoFs&>(*mount->filesystem);
  const std::string name = "socket:[" + std::to_string(filesystem.next_inode) + "]";
  auto inode = std::make_shared<AnonymousInode>(filesystem, FileType::kSocket, 0777);
  return {mount, vfs::Dentry::MakeRoot(std::move(inode), name)};
}

}  // namespace elfin::fs
