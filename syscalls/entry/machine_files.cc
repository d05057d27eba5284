#include "syscalls/entry/machine_files.h"

#include <cstring>

#include "syscalls/abi/fcntl.h"
#include "syscalls/entry/superuser.h"
#include "syscalls/vfs/attribute_ops.h"
#include "syscalls/vfs/extended_attributes.h"
#include "syscalls/vfs/namespace_ops.h"
#include "syscalls/vfs/open.h"
#include "syscalls/vfs/path_walk.h"

namespace elfin::kernel {
namespace {

using vfs::LastSymlink;
constexpr size_t kReadPiece = 0x1'0000;
/// An answer's size has to fit into the 31 bits of a result.
constexpr uint64_t kMaxAnswer = 0x7000'0000;
constexpr int64_t kNsPerSecond = 1'000'000'000;

Task<Result<std::string>> Read(const Superuser& root, const FileRequest& request) {
  vfs::OpenRequest open;
  open.flags = abi::kORdOnly | abi::kONonBlock;
  CO_ASSIGN(const vfs::FilePtr file,
            co_await vfs::OpenPath(root.caller, root.context.root, request.path, open));
  const uint64_t limit = request.number == 0 ? kMaxAnswer : request.number;
  if (request.offset > 0) {
    CO_TRY(co_await file->Seek(static_cast<int64_t>(request.offset), abi::kSeekSet));
  }
  std::string bytes;
  while (bytes.size() < limit) {
    const size_t have = bytes.size();
    const size_t piece = static_cast<size_t>(std::min<uint64_t>(kReadPiece, limit - have));
    bytes.resize(have + piece);
    vfs::MemorySink sink(bytes.data() + have, piece);
    CO_ASSIGN(const size_t count, co_await file->Read(sink, {}));
    bytes.resize(have + count);
    if (count == 0) co_return bytes;
  }
  if (request.number == 0) co_return Errno::kFBig;
  co_return bytes;
}

Task<Result<std::string>> Write(const Superuser& root, const FileRequest& request, uint32_t flags) {
  vfs::OpenRequest open;
  open.flags = abi::kOWrOnly | abi::kOCreat | abi::kONonBlock | flags;
  open.mode = request.number;
  CO_ASSIGN(const vfs::FilePtr file,
            co_await vfs::OpenPath(root.caller, root.context.root, request.path, open));
  vfs::MemorySource source(request.data);
  vfs::IoOptions options;
  options.append = (flags & abi::kOAppend) != 0;
  while (source.remaining() > 0) CO_TRY(co_await file->Write(source, options));
  co_return std::string();
}

/// Packs a directory's entries as the header says, without "." and "..".
class EntryPacker final : public vfs::DirectoryVisitor {
 public:
  bool Visit(const vfs::DirectoryEntry& entry) override {
    if (entry.name == "." || entry.name == "..") return true;
    const auto append = [this](const auto& value) {
      bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
    };
    append(entry.inode);
    append(vfs::DirectoryEntryType(entry.type));
    append(static_cast<uint16_t>(entry.name.size()));
    bytes.append(entry.name);
    return true;
  }

  std::string bytes;
};

Task<Result<std::string>> List(const Superuser& root, const FileRequest& request) {
  vfs::OpenRequest open;
  open.flags = abi::kORdOnly | abi::kODirectory;
  CO_ASSIGN(const vfs::FilePtr file,
            co_await vfs::OpenPath(root.caller, root.context.root, request.path, open));
  EntryPacker packer;
  CO_TRY(co_await file->ReadDirectory(packer));
  co_return std::move(packer.bytes);
}

Task<Result<std::string>> Stat(const Superuser& root, const FileRequest& request,
                               LastSymlink follow) {
  CO_ASSIGN(const vfs::Path path,
            co_await vfs::WalkTo(root.caller, root.context.root, request.path, follow));
  CO_ASSIGN(const vfs::Attributes found, path.inode()->attributes());
  HostStat stat;
  stat.mode = found.mode();
  stat.nlink = found.links;
  stat.uid = found.uid;
  stat.gid = found.gid;
  stat.device = found.device;
  stat.rdev = found.rdev;
  stat.inode = found.inode;
  stat.size = found.size;
  stat.blocks = found.blocks;
  stat.atime_ns = found.accessed;
  stat.mtime_ns = found.modified;
  stat.ctime_ns = found.changed;
  co_return std::string(reinterpret_cast<const char*>(&stat), sizeof(stat));
}

Task<Result<std::string>> ReadLink(const Superuser& root, const FileRequest& request) {
  CO_ASSIGN(const vfs::Path path, co_await vfs::WalkTo(root.caller, root.context.root, request.path,
                                                       LastSymlink::kNoFollow));
  if (path.inode()->type() != vfs::FileType::kSymlink) co_return Errno::kInval;
  CO_ASSIGN(vfs::LinkTarget target, co_await path.inode()->ReadLink(root.caller));
  co_return std::move(target.text);
}

Task<Result<std::string>> StatFilesystem(const Superuser& root, const FileRequest& request) {
  CO_ASSIGN(const vfs::Path path, co_await vfs::WalkTo(root.caller, root.context.root, request.path,
                                                       LastSymlink::kFollow));
  const vfs::FilesystemInfo info = path.inode()->filesystem().Info();
  const uint64_t answer[] = {info.block_size, info.blocks, info.blocks_free};
  co_return std::string(reinterpret_cast<const char*>(answer), sizeof(answer));
}

Task<Result<std::string>> ListAttributes(const Superuser& root, const FileRequest& request) {
  CO_ASSIGN(vfs::Path path, co_await vfs::WalkTo(root.caller, root.context.root, request.path,
                                                 LastSymlink::kNoFollow));
  CO_ASSIGN(const std::vector<vfs::ExtendedAttribute> list,
            co_await vfs::ListExtendedAttributes(root.caller, std::move(path)));
  std::string answer;
  const auto append = [&answer](auto length, const std::string& text) {
    answer.append(reinterpret_cast<const char*>(&length), sizeof(length));
    answer.append(text);
  };
  for (const vfs::ExtendedAttribute& each : list) {
    append(static_cast<uint16_t>(each.name.size()), each.name);
    append(static_cast<uint32_t>(each.value.size()), each.value);
  }
  co_return answer;
}

Task<Status> SetAttribute(const Superuser& root, vfs::Path path, const FileRequest& request) {
  const size_t end = request.data.find('\0');
  const bool removes = request.operation == FileOperation::kRemoveAttribute;
  if (removes != (end == std::string::npos)) return Errno::kInval;
  std::optional<std::string> value;
  if (!removes) value = request.data.substr(end + 1);
  return vfs::ChangeExtendedAttribute(root.caller, std::move(path), request.data.substr(0, end),
                                      std::move(value), vfs::AttributeSetting::kCreateOrReplace);
}

Task<Status> MakeLink(const Superuser& root, const FileRequest& request) {
  CO_ASSIGN(vfs::Path existing, co_await vfs::WalkTo(root.caller, root.context.root, request.data,
                                                     LastSymlink::kNoFollow));
  co_return co_await vfs::MakeLink(root.caller, std::move(existing),
                                   {root.context.root, request.path});
}

Task<Status> MakeNode(const Superuser& root, const vfs::NamedPlace& place,
                      const FileRequest& request) {
  const auto type = static_cast<vfs::FileType>(request.number & ~vfs::kPermissionMask);
  switch (type) {
    case vfs::FileType::kFifo:
    case vfs::FileType::kCharacter:
    case vfs::FileType::kBlock:
    case vfs::FileType::kSocket:
      return vfs::MakeNode(root.caller, place, type, request.number & vfs::kPermissionMask,
                           static_cast<uint64_t>(request.offset));
    default:
      return Errno::kInval;
  }
}

bool IsAboutLink(FileOperation operation) {
  return operation == FileOperation::kChangeLinkOwner ||
         operation == FileOperation::kSetLinkModified ||
         operation == FileOperation::kSetAttribute || operation == FileOperation::kRemoveAttribute;
}

/// Of what a walk finds.
Task<Status> ChangeAttributes(const Superuser& root, const FileRequest& request) {
  const LastSymlink follow =
      IsAboutLink(request.operation) ? LastSymlink::kNoFollow : LastSymlink::kFollow;
  CO_ASSIGN(vfs::Path path,
            co_await vfs::WalkTo(root.caller, root.context.root, request.path, follow));
  switch (request.operation) {
    case FileOperation::kChangeMode:
      co_return co_await vfs::ChangeMode(root.caller, std::move(path), request.number);
    case FileOperation::kSetAttribute:
    case FileOperation::kRemoveAttribute:
      co_return co_await SetAttribute(root, std::move(path), request);
    case FileOperation::kChangeLinkOwner:
    case FileOperation::kChangeOwner:
      co_return co_await vfs::ChangeOwner(root.caller, std::move(path), request.number,
                                          static_cast<uint32_t>(request.offset));
    default: {
      vfs::TimeChange change;
      change.modified = static_cast<int64_t>(request.offset * kNsPerSecond);
      co_return co_await vfs::ChangeTimes(root.caller, std::move(path), change);
    }
  }
}

Task<Status> SyncAll(Kernel& kernel) {
  Status outcome = kOk;
  // A copy: others may come and go meanwhile.
  const std::vector<vfs::MountPtr> mounts = kernel.mounts->mounts();
  for (const vfs::MountPtr& mount : mounts) {
    const Status status = co_await mount->filesystem->Sync();
    if (!status.ok()) outcome = status;
  }
  co_return outcome;
}

/// What changes names and attributes: no answer but how it went.
Task<Status> Change(Kernel& kernel, const Superuser& root, const FileRequest& request) {
  const vfs::NamedPlace place{root.context.root, request.path};
  switch (request.operation) {
    case FileOperation::kMakeDirectory:
      return vfs::MakeNode(root.caller, place, vfs::FileType::kDirectory, request.number, 0);
    case FileOperation::kRemove:
      return vfs::RemoveFile(root.caller, place);
    case FileOperation::kRemoveDirectory:
      return vfs::RemoveDirectory(root.caller, place);
    case FileOperation::kRename:
      return vfs::RenamePath(root.caller, place, {root.context.root, request.data},
                             vfs::RenameMode::kReplace);
    case FileOperation::kSymlink:
      return vfs::MakeSymlink(root.caller, request.data, place);
    case FileOperation::kLink:
      return MakeLink(root, request);
    case FileOperation::kMakeNode:
      return MakeNode(root, place, request);
    case FileOperation::kSync:
      return SyncAll(kernel);
    default:
      return ChangeAttributes(root, request);
  }
}

}  // namespace

Task<Result<std::string>> RunFileRequest(Kernel& kernel, FileRequest request) {
  if (kernel.mounts == nullptr) co_return Errno::kNoEnt;
  if (static_cast<uint32_t>(request.operation) >= kFileOperationCount) co_return Errno::kNoSys;
  const Superuser root(kernel);
  switch (request.operation) {
    case FileOperation::kRead:
      co_return co_await Read(root, request);
    case FileOperation::kWrite:
      co_return co_await Write(root, request, abi::kOTrunc);
    case FileOperation::kAppend:
      co_return co_await Write(root, request, abi::kOAppend);
    case FileOperation::kList:
      co_return co_await List(root, request);
    case FileOperation::kStat:
      co_return co_await Stat(root, request, LastSymlink::kFollow);
    case FileOperation::kStatLink:
      co_return co_await Stat(root, request, LastSymlink::kNoFollow);
    case FileOperation::kReadLink:
      co_return co_await ReadLink(root, request);
    case FileOperation::kStatFilesystem:
      co_return co_await StatFilesystem(root, request);
    case FileOperation::kListAttributes:
      co_return co_await ListAttributes(root, request);
    default:
      CO_TRY(co_await Change(kernel, root, request));
      co_return std::string();
  }
}

}  // namespace elfin::kernel
