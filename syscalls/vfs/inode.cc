// What an inode answers that can't do the thing at all.
#include "syscalls/vfs/inode.h"

#include <algorithm>

#include "syscalls/vfs/file.h"

namespace elfin::vfs {

Task<Status> Filesystem::Sync() { return kOk; }

Task<Status> Inode::SetAttributes(const AttributeChange&) { return Errno::kPerm; }
Task<Result<std::vector<ExtendedAttribute>>> Inode::ExtendedAttributes() {
  return std::vector<ExtendedAttribute>();
}
Task<Status> Inode::SetExtendedAttribute(std::string, std::optional<std::string>,
                                         AttributeSetting) {
  return Errno::kOpNotSupp;
}
Task<Result<InodePtr>> Inode::Lookup(std::string_view) { return Errno::kNoEnt; }
Task<Result<InodePtr>> Inode::Create(std::string_view, const NewInode&) { return Errno::kPerm; }
Task<Result<InodePtr>> Inode::CreateUnnamed(const NewInode&) { return Errno::kOpNotSupp; }
Task<Status> Inode::Symlink(std::string_view, std::string_view, const NewInode&) {
  return Errno::kPerm;
}
Task<Status> Inode::Link(std::string_view, InodePtr) { return Errno::kPerm; }
Task<Status> Inode::Unlink(std::string_view) { return Errno::kPerm; }
Task<Status> Inode::RemoveDirectory(std::string_view) { return Errno::kPerm; }
Task<Status> Inode::Rename(std::string_view, InodePtr, std::string_view, RenameMode) {
  return Errno::kPerm;
}
Result<std::unique_ptr<DirectoryStream>> Inode::OpenDirectory() { return Errno::kNotDir; }
Task<Result<LinkTarget>> Inode::ReadLink(const Caller&) { return Errno::kInval; }
Task<Result<size_t>> Inode::ReadAt(uint64_t, DataSink&) { return Errno::kInval; }
Task<Result<size_t>> Inode::WriteAt(uint64_t, DataSource&) { return Errno::kInval; }

Task<Result<uint64_t>> Inode::SeekSparse(uint64_t offset, SeekKind kind) {
  const Attributes now = TRY(attributes());
  if (offset >= now.size) return Errno::kNxio;
  return kind == SeekKind::kData ? offset : now.size;
}

Task<Status> Inode::Allocate(uint64_t, uint64_t, AllocateMode) { return Errno::kOpNotSupp; }
Task<Status> Inode::Sync() { return kOk; }

Task<Result<FilePtr>> Inode::Open(const Caller&, const Path&, uint32_t) { return FilePtr(); }

void Inode::RemoveWatch(InodeWatch& watch) {
  watches_.erase(std::remove(watches_.begin(), watches_.end(), &watch), watches_.end());
}

/// A watch may end itself by what it is told.
void Inode::Notify(uint32_t events, std::string_view name, uint32_t cookie) {
  for (InodeWatch* watch : std::vector<InodeWatch*>(watches_)) {
    watch->Happened(events, name, cookie);
  }
}

}  // namespace elfin::vfs
