// Inode: a file, directory or other object of a filesystem. Filesystem: what makes and holds
// inodes.
//
// One object stands for one inode as long as anybody holds it: two look-ups of the same file give
// the same pointer. What may have to wait for a block device is a Task; attributes come with the
// inode when it is looked up, so reading them never waits.
//
// Nothing here checks permissions, read-only mounts or name lengths: path_walk.h and
// namespace_ops.h do, for all filesystems alike. A string_view or reference argument has to live
// until the task is done.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "syscalls/kernel/task.h"
#include "syscalls/vfs/attributes.h"
#include "syscalls/vfs/data.h"
#include "syscalls/vfs/inode_watch.h"

namespace elfin::memory {
class SharedPages;
}

namespace elfin::vfs {

class File;
class FileLocks;
class Inode;
struct Caller;
struct Path;
using FilePtr = std::shared_ptr<File>;
using InodePtr = std::shared_ptr<Inode>;

/// The answer of statfs(2).
struct FilesystemInfo {
  uint64_t magic = 0;  // f_type
  uint64_t block_size = 4096;
  uint64_t blocks = 0;
  uint64_t blocks_free = 0;
  uint64_t blocks_available = 0;
  uint64_t files = 0;
  uint64_t files_free = 0;
  uint64_t name_max = 255;
  uint64_t id = 0;
};

class Filesystem : public std::enable_shared_from_this<Filesystem> {
 public:
  virtual ~Filesystem() = default;
  /// As in /proc/filesystems and /proc/mounts: "tmpfs".
  virtual std::string_view type() const = 0;
  virtual InodePtr root() = 0;
  virtual FilesystemInfo Info() = 0;
  /// Writes back everything that a power cut would lose.
  virtual Task<Status> Sync();
  /// The machine ends: as Sync, and the filesystem's own marks of being in use go.
  virtual Task<Status> Close() { return Sync(); }

  /// st_dev of its inodes, given by the MountTable when it is first mounted.
  uint64_t device = 0;
};
using FilesystemPtr = std::shared_ptr<Filesystem>;

/// What to make: `rdev` for device nodes only.
struct NewInode {
  FileType type = FileType::kRegular;
  uint32_t permissions = 0644;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t rdev = 0;
};

struct DirectoryEntry {
  std::string_view name;
  uint64_t inode;
  FileType type;
  /// Where a reading that has had this entry goes on.
  uint64_t next_cookie;
};

class DirectoryVisitor {
 public:
  virtual ~DirectoryVisitor() = default;
  /// False: full, the entry was not taken.
  virtual bool Visit(const DirectoryEntry& entry) = 0;
};

/// One reading of a directory; "." and ".." are not part of it.
class DirectoryStream {
 public:
  virtual ~DirectoryStream() = default;
  /// Visits the entries from `cookie` on (0: the first) until the visitor is full or none is left.
  /// Each entry that exists all the time is visited exactly once, whatever is made or removed
  /// meanwhile.
  virtual Task<Status> Read(uint64_t cookie, DirectoryVisitor& visitor) = 0;
};

/// Where a symlink leads: a text to walk, or (the magic links of /proc) straight to a place.
struct LinkTarget {
  std::string text;
  std::shared_ptr<Path> place;
};

/// xattr(7): `name` with its namespace, "user.note".
struct ExtendedAttribute {
  std::string name;
  std::string value;
};
enum class AttributeSetting { kCreateOrReplace, kCreate, kReplace };

enum class RenameMode { kReplace, kNoReplace, kExchange };

/// Sparse files: where data or holes begin.
enum class SeekKind { kData, kHole };

/// How fallocate(2) changes a range.
enum class AllocateMode { kExtend, kKeepSize, kPunchHole, kZero, kZeroKeepSize };

/// How many uses of a kind there are (inode_use.h). What is executed can't be opened for writing,
/// and the other way round: ETXTBSY.
struct InodeUses {
  int32_t writers = 0;
  int32_t executors = 0;
  int32_t writable_mappings = 0;  // shared ones: no F_SEAL_WRITE
};

class Inode : public std::enable_shared_from_this<Inode> {
 public:
  virtual ~Inode() = default;
  virtual Filesystem& filesystem() = 0;
  /// Never changes.
  virtual FileType type() const = 0;
  /// Errors: kStale and others when the host has taken the file away.
  virtual Result<Attributes> attributes() = 0;
  /// Errors: kPerm where the filesystem can't store it; for size: kIsDir, kInval, kFBig, kNoSpc,
  /// kRoFs.
  virtual Task<Status> SetAttributes(const AttributeChange& change);

  /// All of them; empty where the filesystem stores none.
  virtual Task<Result<std::vector<ExtendedAttribute>>> ExtendedAttributes();
  /// Without a value: removes it. Errors: kOpNotSupp, kExist (kCreate), kNoData (kReplace,
  /// removing), kNoSpc.
  virtual Task<Status> SetExtendedAttribute(std::string name, std::optional<std::string> value,
                                            AttributeSetting how);

  // Directories. Precondition of all: type() == kDirectory; names are single components, never "."
  // or "..".
  /// Errors: kNoEnt.
  virtual Task<Result<InodePtr>> Lookup(std::string_view name);
  /// Files, directories, FIFOs, sockets and device nodes. Errors: kExist, kNoSpc, kPerm.
  virtual Task<Result<InodePtr>> Create(std::string_view name, const NewInode& what);
  /// A regular file without a name (O_TMPFILE). Errors: kOpNotSupp.
  virtual Task<Result<InodePtr>> CreateUnnamed(const NewInode& what);
  virtual Task<Status> Symlink(std::string_view name, std::string_view target,
                               const NewInode& owner);
  /// Precondition: target is no directory and of the same filesystem. Errors: kExist, kMLink,
  /// kPerm.
  virtual Task<Status> Link(std::string_view name, InodePtr target);
  /// Errors: kNoEnt, kIsDir.
  virtual Task<Status> Unlink(std::string_view name);
  /// Errors: kNoEnt, kNotDir, kNotEmpty.
  virtual Task<Status> RemoveDirectory(std::string_view name);
  /// Precondition: `to` is a directory of the same filesystem, and no directory would come to lie
  /// within itself. Errors: kNoEnt, kExist (kNoReplace), kNotEmpty, kIsDir, kNotDir, kInval (mode
  /// not supported).
  virtual Task<Status> Rename(std::string_view name, InodePtr to, std::string_view to_name,
                              RenameMode mode);
  virtual Result<std::unique_ptr<DirectoryStream>> OpenDirectory();

  // Symlinks. Precondition: type() == kSymlink. The text as readlink(2) gives it.
  virtual Task<Result<LinkTarget>> ReadLink(const Caller& caller);

  // Regular files (and devices that are read by position).
  /// Reads up to sink.remaining() bytes; 0 at the end. Errors: kIo, kFault, kIsDir.
  virtual Task<Result<size_t>> ReadAt(uint64_t offset, DataSink& sink);
  /// That much will be read soon: a filesystem on a distant disk may begin to fetch it.
  virtual void WillRead(uint64_t /*offset*/, uint64_t /*size*/) {}
  /// Writes up to source.remaining() bytes, extending the file. Errors: kNoSpc, kFBig, kIo, kFault.
  virtual Task<Result<size_t>> WriteAt(uint64_t offset, DataSource& source);
  /// Errors: kNxio beyond the end (or no data up to it).
  virtual Task<Result<uint64_t>> SeekSparse(uint64_t offset, SeekKind kind);
  /// Errors: kOpNotSupp, kNoSpc, kFBig.
  virtual Task<Status> Allocate(uint64_t offset, uint64_t size, AllocateMode mode);
  virtual Task<Status> Sync();
  /// close(2) of a file that was open for writing: what could not be written must be told now.
  virtual Task<Status> Flush() { return kOk; }

  /// A new open file description for this inode; nullptr: the caller makes the ordinary kind
  /// (RegularFile, DirectoryFile) itself. Device nodes, FIFOs and procfs answer with their own.
  /// `flags`: Linux's open flags. Errors: kNxio (no such device), kAcces and others of the host.
  virtual Task<Result<FilePtr>> Open(const Caller& caller, const Path& path, uint32_t flags);
  /// F_ADD_SEALS' bits: only memfd has them. nullptr: none.
  virtual uint32_t* seals() { return nullptr; }

  InodeUses uses;
  /// Of a regular file that is mapped shared: inode_bytes.h keeps file and mappings the same.
  std::weak_ptr<memory::SharedPages> shared_pages;
  /// Null until somebody locks it: file_locks.h.
  std::shared_ptr<FileLocks> locks;

  // Who is told what happens to it (inode_watch.h).
  void AddWatch(InodeWatch& watch) { watches_.push_back(&watch); }
  void RemoveWatch(InodeWatch& watch);
  bool is_watched() const { return !watches_.empty(); }
  void Notify(uint32_t events, std::string_view name, uint32_t cookie);

 private:
  std::vector<InodeWatch*> watches_;
};

}  // namespace elfin::vfs
