#include "syscalls/fs/extfs.h"

#include "syscalls/fs/extfs_inode.h"

namespace elfin::fs {
namespace {

constexpr uint64_t kExtMagic = 0xef53;
constexpr uint64_t kCacheBytes = uint64_t{64} << 20;

}  // namespace

ExtFs::~ExtFs() = default;

Task<Result<std::shared_ptr<ExtFs>>> ExtFs::Mount(
    kernel::Host& host, std::vector<std::unique_ptr<blockfs::BlockDevice>> devices,
    bool read_only) {
  std::shared_ptr<ExtFs> mounted(new ExtFs(host));
  mounted->devices_ = std::move(devices);
  ext::VolumeOptions options;
  options.read_only = read_only;
  options.cache_bytes = kCacheBytes;
  options.now = [&host] { return fs::Now(host); };
  CO_ASSIGN(mounted->filesystem_,
            co_await ext::Filesystem::Mount(*mounted->devices_.back(), std::move(options)));
  mounted->root_ = mounted->InodeFor(mounted->filesystem_->root());
  co_return mounted;
}

std::string_view ExtFs::type() const {
  ext::Volume& volume = filesystem_->volume();
  if (volume.has_incompat(ext::kIncompatExtents)) return "ext4";
  return volume.has_compat(ext::kCompatHasJournal) ? "ext3" : "ext2";
}

InodePtr ExtFs::root() { return root_; }

vfs::FilesystemInfo ExtFs::Info() {
  const ext::FilesystemUsage usage = filesystem_->Usage();
  vfs::FilesystemInfo info;
  info.magic = kExtMagic;
  info.block_size = usage.block_size;
  info.blocks = usage.blocks;
  info.blocks_free = usage.free_blocks;
  info.blocks_available = usage.available_blocks;
  info.files = usage.inodes;
  info.files_free = usage.free_inodes;
  info.id = usage.id;
  return info;
}

std::shared_ptr<ExtInode> ExtFs::InodeFor(ext::InodePtr inode) {
  std::weak_ptr<ExtInode>& known = inodes_[inode->number()];
  std::shared_ptr<ExtInode> object = known.lock();
  // A number that was freed and given out again is another file.
  if (object != nullptr && object->inode() == inode) return object;
  object = std::make_shared<ExtInode>(*this, std::move(inode));
  known = object;
  return object;
}

void ExtFs::Forget(uint32_t number) {
  const auto known = inodes_.find(number);
  if (known != inodes_.end() && known->second.expired()) inodes_.erase(known);
}

}  // namespace elfin::fs
