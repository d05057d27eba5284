// Filesystem: ext2, ext3 and ext4 for those above: what files and names can be asked for.
//
// Every call takes its turn by itself: reads go on side by side, changes one at a time. A change
// that waits runs to its end also when its Task is destroyed. Inodes are shared objects, one for
// each inode; whoever holds one whose last name is gone calls Release when letting go of it.
//
// Errors everywhere: kIo, kUClean (the filesystem is damaged; a log line says where), and for
// changes kRoFs, kNoSpc.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "blockfs/byte_stream.h"
#include "blockfs/ext/directory.h"
#include "blockfs/ext/namespace.h"
#include "blockfs/ext/volume.h"
#include "blockfs/ext/xattr.h"

namespace elfin::ext {

using blockfs::ByteSink;
using blockfs::ByteSource;

/// Of statfs(2).
struct FilesystemUsage {
  uint64_t block_size = 0;
  uint64_t blocks = 0;  // without what the filesystem itself takes
  uint64_t free_blocks = 0;
  uint64_t available_blocks = 0;  // without those kept for the superuser
  uint64_t inodes = 0;
  uint64_t free_inodes = 0;
  uint64_t id = 0;
};

/// What is set is changed, and the change time with it.
struct InodeChange {
  std::optional<uint32_t> permissions;
  std::optional<uint32_t> uid;
  std::optional<uint32_t> gid;
  std::optional<uint64_t> size;  // regular files only
  std::optional<Nanoseconds> accessed;
  std::optional<Nanoseconds> modified;
};

enum class Preallocation { kExtend, kKeepSize, kPunchHole, kZero, kZeroKeepSize };
enum class SparseSeek { kData, kHole };

class Filesystem : public std::enable_shared_from_this<Filesystem> {
 public:
  /// The device outlives it. Errors: Volume::Mount's.
  static Task<Result<std::shared_ptr<Filesystem>>> Mount(BlockDevice& device,
                                                         VolumeOptions options);
  /// Writes all back and marks the filesystem clean; only reads after it.
  Task<Status> Unmount();

  const InodePtr& root() const { return root_; }
  bool read_only() const { return volume_->read_only(); }
  Volume& volume() { return *volume_; }
  FilesystemUsage Usage();

  // ---- Reading ----
  Task<Result<InodePtr>> Lookup(InodePtr directory, std::string name);
  /// The same, where all of it is in memory and nobody has to be waited for; nullopt: it isn't.
  std::optional<Result<InodePtr>> LookupNow(Inode& directory, std::string_view name);
  Task<Result<std::vector<ListedName>>> List(InodePtr directory);
  Task<Result<std::string>> ReadLink(InodePtr symlink);
  /// Up to sink.remaining() bytes. The sink outlives the task.
  Task<Result<size_t>> Read(InodePtr inode, uint64_t offset, ByteSink& sink);
  /// The same, where all of it is in memory and nobody has to be waited for; nullopt: it isn't.
  std::optional<Result<size_t>> ReadNow(Inode& inode, uint64_t offset, ByteSink& sink);
  /// Begins to load what of that isn't in memory, all of it at once, and doesn't wait.
  void WillRead(const InodePtr& inode, uint64_t offset, uint64_t size);
  /// Errors: kNxio beyond the end, or no data.
  Task<Result<uint64_t>> SeekSparse(InodePtr inode, uint64_t offset, SparseSeek what);
  Task<Result<std::vector<Attribute>>> Attributes(InodePtr inode);
  /// In units of 512 bytes.
  uint64_t SectorsOf(const Inode& inode) const;

  // ---- Changing ----
  /// Up to source.remaining() bytes: fewer where room ends. The source outlives the task.
  Task<Result<size_t>> Write(InodePtr inode, uint64_t offset, ByteSource& source);
  Task<Status> Change(InodePtr inode, InodeChange change);
  /// Without a value: removes it. Errors: SetAttribute's (xattr.h).
  Task<Status> ChangeAttribute(InodePtr inode, std::string name, std::optional<std::string> value,
                               AttributeSetting how);
  Task<Status> Allocate(InodePtr inode, uint64_t offset, uint64_t size, Preallocation how);
  Task<Result<InodePtr>> Create(InodePtr directory, std::string name, InodeRequest request);
  Task<Result<InodePtr>> CreateUnnamed(InodePtr near, InodeRequest request);
  Task<Result<InodePtr>> Symlink(InodePtr directory, std::string name, std::string target,
                                 InodeRequest request);
  Task<Status> Link(InodePtr directory, std::string name, InodePtr inode);
  Task<Status> Unlink(InodePtr directory, std::string name);
  Task<Status> RemoveDirectory(InodePtr directory, std::string name);
  Task<Status> Rename(InodePtr from, std::string name, InodePtr to, std::string to_name,
                      RenameMode mode);
  /// relatime: the access time moves where it tells something. Written when something else is.
  void NoteAccess(const InodePtr& inode);
  /// Everything that was changed before the call is durable when it returns kOk.
  Task<Status> Sync();
  /// The caller gives the inode up: frees it where it has no name and no other user.
  void Release(InodePtr inode);

 private:
  explicit Filesystem(std::shared_ptr<Volume> volume) : volume_(std::move(volume)) {}
  Task<Result<size_t>> WriteChunk(InodePtr inode, uint64_t offset, std::vector<uint8_t> bytes);

  std::shared_ptr<Volume> volume_;
  InodePtr root_;
};

}  // namespace elfin::ext
