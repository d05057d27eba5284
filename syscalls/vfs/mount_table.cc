#include "syscalls/vfs/mount_table.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace elfin::vfs {

MountPtr MountTable::Register(FilesystemPtr filesystem, uint32_t flags, std::string source) {
  auto mount = std::make_shared<Mount>();
  mount->id = next_id_++;
  mount->flags = flags;
  mount->source = std::move(source);
  if (filesystem->device == 0) filesystem->device = MakeDevice(0, mount->id + 32);
  mount->filesystem = std::move(filesystem);
  return mount;
}

Path MountTable::MountRoot(FilesystemPtr filesystem, uint32_t flags, std::string source) {
  CHECK(mounts_.empty());
  MountPtr mount = Register(std::move(filesystem), flags, std::move(source));
  mount->root = Dentry::MakeRoot(mount->filesystem->root());
  mounts_.push_back(mount);
  return root();
}

Result<Path> MountTable::MountAt(const Path& at, FilesystemPtr filesystem, uint32_t flags,
                                 std::string source) {
  const bool onto_directory = at.inode()->type() == FileType::kDirectory;
  const bool is_directory = filesystem->root()->type() == FileType::kDirectory;
  if (onto_directory != is_directory) return Errno::kNotDir;
  MountPtr mount = Register(std::move(filesystem), flags, std::move(source));
  mount->root = Dentry::MakeRoot(mount->filesystem->root());
  mount->parent = at.mount;
  mount->covered = at.dentry;
  ++at.dentry->mounts;
  mounts_.push_back(mount);
  return Path{mount, mount->root};
}

Result<Path> MountTable::MountAtName(const Path& at, std::string_view name,
                                     FilesystemPtr filesystem, uint32_t flags, std::string source) {
  DentryPtr covered = at.dentry->FindChild(name);
  if (covered == nullptr) covered = Dentry::Child(at.dentry, name, filesystem->root());
  return MountAt(Path{at.mount, covered}, std::move(filesystem), flags, std::move(source));
}

Status MountTable::Unmount(const Path& root) {
  if (root.dentry != root.mount->root) return Errno::kInval;
  if (root.mount->parent == nullptr) return Errno::kBusy;
  for (const MountPtr& other : mounts_) {
    if (other->parent == root.mount) return Errno::kBusy;
  }
  --root.mount->covered->mounts;
  mounts_.erase(std::find(mounts_.begin(), mounts_.end(), root.mount));
  return kOk;
}

Path MountTable::root() const {
  CHECK(!mounts_.empty());
  return Enter(Path{mounts_.front(), mounts_.front()->root});
}

Path MountTable::Enter(Path path) const {
  while (path.dentry->mounts > 0) {
    const auto covering =
        std::find_if(mounts_.begin(), mounts_.end(), [&path](const MountPtr& each) {
          return each->covered == path.dentry && each->parent == path.mount;
        });
    if (covering == mounts_.end()) break;
    path = Path{*covering, (*covering)->root};
  }
  return path;
}

Path MountTable::Leave(Path path) const {
  while (path.dentry == path.mount->root && path.mount->parent != nullptr) {
    path = Path{path.mount->parent, path.mount->covered};
  }
  return path;
}

MountPtr MountTable::FindPseudo(std::string_view type) const {
  for (const MountPtr& mount : pseudo_mounts_) {
    if (mount->filesystem->type() == type) return mount;
  }
  return nullptr;
}

MountPtr MountTable::AddPseudo(FilesystemPtr filesystem) {
  MountPtr mount = Register(std::move(filesystem), 0, {});
  mount->pseudo = true;
  pseudo_mounts_.push_back(mount);
  return mount;
}

}  // namespace elfin::vfs
