#include "syscalls/vfs/open.h"

#include <utility>

#include "syscalls/abi/fcntl.h"
#include "syscalls/vfs/inode_bytes.h"
#include "syscalls/vfs/path_walk.h"
#include "syscalls/vfs/permissions.h"
#include "syscalls/vfs/regular_file.h"

namespace elfin::vfs {
namespace {

bool IsDevice(FileType type) { return type == FileType::kCharacter || type == FileType::kBlock; }

uint32_t AccessFor(uint32_t flags) {
  static constexpr uint32_t kAccess[] = {kAccessRead, kAccessWrite, kAccessRead | kAccessWrite,
                                         kAccessRead | kAccessWrite};
  uint32_t wanted = kAccess[flags & abi::kOAccMode];
  if ((flags & abi::kOTrunc) != 0) wanted |= kAccessWrite;
  return wanted;
}

/// What forbids opening `path` so, in Linux's order.
Status CheckOpen(const Caller& caller, const Path& path, uint32_t flags) {
  const FileType type = path.inode()->type();
  const uint32_t wanted = AccessFor(flags);
  if (type == FileType::kSymlink) return Errno::kLoop;
  if (type == FileType::kDirectory && (wanted & kAccessWrite) != 0) return Errno::kIsDir;
  if (IsDevice(type) && (path.mount->flags & kMountNoDev) != 0) return Errno::kAcces;
  if (type == FileType::kSocket) return Errno::kNxio;
  const bool changes_filesystem = type == FileType::kRegular && (wanted & kAccessWrite) != 0;
  if (changes_filesystem && path.mount->read_only()) return Errno::kRoFs;
  TRY(CheckAccess(*path.inode(), caller.credentials, wanted));
  if (changes_filesystem && path.inode()->uses.executors > 0) return Errno::kTxtBsy;
  if ((flags & abi::kONoATime) != 0) {
    TRY(CheckOwner(TRY(path.inode()->attributes()), caller.credentials));
  }
  return kOk;
}

NewInode RegularFor(const Caller& caller, uint32_t mode) {
  return {FileType::kRegular, mode & kPermissionMask & ~caller.context.umask,
          caller.credentials.uid, caller.credentials.gid, 0};
}

Task<Result<FilePtr>> OpenUnnamed(const Caller& caller, Path directory, OpenRequest request) {
  if ((request.flags & abi::kOAccMode) == abi::kORdOnly) co_return Errno::kInval;
  CO_TRY(CheckChangeNames(directory, caller.credentials));
  const NewInode what = RegularFor(caller, request.mode);
  CO_ASSIGN(const InodePtr inode, co_await directory.inode()->CreateUnnamed(what));
  CO_ASSIGN(const Attributes attributes, inode->attributes());
  Path path{directory.mount, Dentry::MakeRoot(inode, "#" + std::to_string(attributes.inode))};
  path.dentry->MarkRemoved();
  const uint32_t flags = request.flags & ~abi::kOTmpFile;
  co_return co_await OpenFound(caller, std::move(path), flags, /*created=*/true);
}

/// O_CREAT, of a file that is there already.
Task<Result<FilePtr>> OpenThere(const Caller& caller, Path path, uint32_t flags) {
  if ((flags & abi::kOExcl) != 0) return Errno::kExist;
  if (path.inode()->type() == FileType::kDirectory) return Errno::kIsDir;
  return OpenFound(caller, std::move(path), flags, /*created=*/false);
}

/// O_CREAT: opens what is there, or makes it.
Task<Result<FilePtr>> OpenOrCreate(const Caller& caller, Path start, std::string text,
                                   OpenRequest request) {
  PathWalk walk(caller, std::move(start), request.resolve);
  CO_TRY(co_await walk.ToParent(text));
  if (walk.trailing_slash() || !walk.has_plain_name()) co_return Errno::kIsDir;
  const bool exclusive = (request.flags & abi::kOExcl) != 0;
  const bool follow = !exclusive && (request.flags & abi::kONoFollow) == 0;
  const LastSymlink last = follow ? LastSymlink::kFollow : LastSymlink::kNoFollow;
  Result<Path> found = co_await walk.Last(last);
  if (found.ok()) {
    co_return co_await OpenThere(caller, std::move(found).value(), request.flags);
  }
  // After a dangling symlink the walk stands where its target would be.
  if (found.error() != Errno::kNoEnt || walk.name().empty()) co_return found.error();
  if (walk.trailing_slash() || !walk.has_plain_name()) co_return Errno::kIsDir;
  const Path directory = walk.directory();
  if (directory.inode()->type() != FileType::kDirectory) co_return Errno::kNoEnt;
  CO_TRY(CheckChangeNames(directory, caller.credentials));
  const NewInode what = RegularFor(caller, request.mode);
  const Result<InodePtr> made = co_await directory.inode()->Create(walk.name(), what);
  if (!made.ok()) {
    if (made.error() != Errno::kExist || exclusive) co_return made.error();
    // Another has made it since the look.
    CO_ASSIGN(Path there, co_await walk.Last(last));
    co_return co_await OpenThere(caller, std::move(there), request.flags);
  }
  NotifyEntry(*directory.inode(), walk.name(), *made.value(), abi::kInCreate);
  Path path{directory.mount, Dentry::Child(directory.dentry, walk.name(), made.value())};
  const uint32_t flags = request.flags & ~abi::kOTrunc;
  co_return co_await OpenFound(caller, std::move(path), flags, /*created=*/true);
}

}  // namespace

Task<Result<FilePtr>> OpenFound(const Caller& caller, Path path, uint32_t flags, bool created) {
  const InodePtr inode = path.inode();
  if ((flags & abi::kODirectory) != 0 && inode->type() != FileType::kDirectory) {
    co_return Errno::kNotDir;
  }
  if ((flags & abi::kOPath) != 0) co_return FilePtr(std::make_shared<PathFile>(path, flags));
  if (!created) CO_TRY(CheckOpen(caller, path, flags));
  CO_ASSIGN(FilePtr special, co_await inode->Open(caller, path, flags));
  NotifyFile(path, abi::kInOpen);
  if ((flags & abi::kOTrunc) != 0 && inode->type() == FileType::kRegular) {
    CO_TRY(co_await SetSize(*inode, 0));
    NotifyFile(path, abi::kInModify);
  }
  if (special != nullptr) co_return special;
  if (inode->type() == FileType::kRegular) {
    co_return FilePtr(std::make_shared<RegularFile>(path, flags));
  }
  if (inode->type() != FileType::kDirectory) co_return Errno::kNxio;
  CO_ASSIGN(std::unique_ptr<DirectoryStream> stream, inode->OpenDirectory());
  co_return FilePtr(std::make_shared<DirectoryFile>(path, flags, std::move(stream)));
}

Task<Result<FilePtr>> OpenPath(const Caller& caller, Path start, std::string text,
                               OpenRequest request) {
  if ((request.flags & abi::kOPath) != 0) {
    request.flags &= abi::kOPath | abi::kODirectory | abi::kONoFollow | abi::kOCloExec;
  }
  const bool unnamed = (request.flags & abi::kOTmpFileBit) != 0;
  if ((request.flags & abi::kOCreat) != 0) {
    if ((request.flags & abi::kODirectory) != 0) co_return Errno::kInval;
    co_return co_await OpenOrCreate(caller, std::move(start), std::move(text), request);
  }
  const bool follow = (request.flags & abi::kONoFollow) == 0;
  PathWalk walk(caller, std::move(start), request.resolve);
  CO_ASSIGN(Path path,
            co_await walk.To(text, follow ? LastSymlink::kFollow : LastSymlink::kNoFollow));
  if (unnamed) {
    if (path.inode()->type() != FileType::kDirectory) co_return Errno::kNotDir;
    co_return co_await OpenUnnamed(caller, std::move(path), request);
  }
  co_return co_await OpenFound(caller, std::move(path), request.flags, /*created=*/false);
}

}  // namespace elfin::vfs
