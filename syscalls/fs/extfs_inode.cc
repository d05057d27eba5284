#include "syscalls/fs/extfs_inode.h"

#include <utility>

#include "syscalls/fs/devices.h"
#include "syscalls/fs/pipe.h"

namespace elfin::fs {
namespace {

/// The kernel's sinks and sources as the filesystem's.
class SinkAdapter final : public blockfs::ByteSink {
 public:
  explicit SinkAdapter(vfs::DataSink& sink) : sink_(sink) {}
  uint64_t remaining() const override { return sink_.remaining(); }
  Result<size_t> Put(const void* from, size_t size) override { return sink_.Put(from, size); }
  std::optional<ForeignRange> Foreign(uint64_t size) override { return sink_.Foreign(size); }
  void Filled(uint64_t size) override { sink_.Filled(size); }

 private:
  vfs::DataSink& sink_;
};

class SourceAdapter final : public blockfs::ByteSource {
 public:
  explicit SourceAdapter(vfs::DataSource& source) : source_(source) {}
  uint64_t remaining() const override { return source_.remaining(); }
  Result<size_t> Take(void* to, size_t size) override { return source_.Take(to, size); }

 private:
  vfs::DataSource& source_;
};

ext::InodeRequest RequestOf(const vfs::NewInode& what) {
  return {static_cast<uint16_t>(static_cast<uint32_t>(what.type) | what.permissions), what.uid,
          what.gid, what.rdev};
}

FileType TypeOfEntry(uint8_t file_type) {
  switch (file_type) {
    case ext::kEntryDirectory:
      return FileType::kDirectory;
    case ext::kEntryCharacter:
      return FileType::kCharacter;
    case ext::kEntryBlock:
      return FileType::kBlock;
    case ext::kEntryFifo:
      return FileType::kFifo;
    case ext::kEntrySocket:
      return FileType::kSocket;
    case ext::kEntrySymlink:
      return FileType::kSymlink;
    default:
      return FileType::kRegular;
  }
}

/// The names as they were when the reading began: whatever is made or removed meanwhile, each of
/// those that stay comes once.
class ExtDirectoryStream final : public vfs::DirectoryStream {
 public:
  explicit ExtDirectoryStream(std::shared_ptr<ExtInode> directory)
      : directory_(std::move(directory)) {}

  Task<Status> Read(uint64_t cookie, vfs::DirectoryVisitor& visitor) override {
    if (cookie == 0 || !listed_) {
      CO_ASSIGN(names_, co_await directory_->ext_filesystem().List(directory_->inode()));
      listed_ = true;
      directory_->ext_filesystem().NoteAccess(directory_->inode());
    }
    for (uint64_t i = cookie; i < names_.size(); ++i) {
      const ext::ListedName& name = names_[i];
      FileType type = TypeOfEntry(name.file_type);
      if (name.file_type == ext::kEntryUnknown) {
        // Without the feature filetype only the inode tells.
        const auto inode =
            co_await directory_->ext_filesystem().Lookup(directory_->inode(), name.name);
        if (!inode.ok()) continue;
        type = static_cast<FileType>((*inode)->type());
      }
      if (!visitor.Visit({name.name, name.inode, type, i + 1})) break;
    }
    co_return kOk;
  }

 private:
  std::shared_ptr<ExtInode> directory_;
  std::vector<ext::ListedName> names_;
  bool listed_ = false;
};

ext::Preallocation PreallocationOf(vfs::AllocateMode mode) {
  switch (mode) {
    case vfs::AllocateMode::kExtend:
      return ext::Preallocation::kExtend;
    case vfs::AllocateMode::kKeepSize:
      return ext::Preallocation::kKeepSize;
    case vfs::AllocateMode::kPunchHole:
      return ext::Preallocation::kPunchHole;
    case vfs::AllocateMode::kZero:
      return ext::Preallocation::kZero;
    case vfs::AllocateMode::kZeroKeepSize:
      return ext::Preallocation::kZeroKeepSize;
  }
  return ext::Preallocation::kKeepSize;
}

ext::AttributeSetting SettingOf(vfs::AttributeSetting how) {
  switch (how) {
    case vfs::AttributeSetting::kCreateOrReplace:
      return ext::AttributeSetting::kCreateOrReplace;
    case vfs::AttributeSetting::kCreate:
      return ext::AttributeSetting::kCreate;
    case vfs::AttributeSetting::kReplace:
      return ext::AttributeSetting::kReplace;
  }
  return ext::AttributeSetting::kCreateOrReplace;
}

ext::RenameMode ModeOf(vfs::RenameMode mode) {
  switch (mode) {
    case vfs::RenameMode::kReplace:
      return ext::RenameMode::kReplace;
    case vfs::RenameMode::kNoReplace:
      return ext::RenameMode::kNoReplace;
    case vfs::RenameMode::kExchange:
      return ext::RenameMode::kExchange;
  }
  return ext::RenameMode::kReplace;
}

const ext::InodePtr& Inner(const InodePtr& inode) {
  return static_cast<const ExtInode&>(*inode).inode();
}

}  // namespace

ExtInode::~ExtInode() {
  fs_.Forget(inode_->number());
  fs_.filesystem().Release(std::move(inode_));
}

Result<Attributes> ExtInode::attributes() {
  Attributes now;
  now.device = fs_.device;
  now.inode = inode_->number();
  now.type = type();
  now.permissions = inode_->record().mode & vfs::kPermissionMask;
  now.links = inode_->record().links;
  now.uid = inode_->uid();
  now.gid = inode_->gid();
  if (type() == FileType::kCharacter || type() == FileType::kBlock) {
    now.rdev = ext::DeviceOf(*inode_);
  }
  now.size = inode_->size();
  now.blocks = ext_filesystem().SectorsOf(*inode_);
  now.block_size = ext_filesystem().volume().block_size();
  now.accessed = inode_->time(ext::Inode::Time::kAccess);
  now.modified = inode_->time(ext::Inode::Time::kModify);
  now.changed = inode_->time(ext::Inode::Time::kChange);
  if (inode_->has_creation_time()) now.created = inode_->time(ext::Inode::Time::kCreation);
  return now;
}

Task<Status> ExtInode::SetAttributes(const vfs::AttributeChange& change) {
  ext::InodeChange inner;
  inner.permissions = change.permissions;
  inner.uid = change.uid;
  inner.gid = change.gid;
  inner.size = change.size;
  inner.accessed = change.accessed;
  inner.modified = change.modified;
  return ext_filesystem().Change(inode_, inner);
}

Task<Result<std::vector<vfs::ExtendedAttribute>>> ExtInode::ExtendedAttributes() {
  CO_ASSIGN(std::vector<ext::Attribute> stored, co_await ext_filesystem().Attributes(inode_));
  std::vector<vfs::ExtendedAttribute> list;
  for (ext::Attribute& each : stored) {
    // Access control lists have another form on disk, and nobody here heeds them.
    if (each.name.compare(0, 7, "system.") == 0) continue;
    list.push_back({std::move(each.name), std::move(each.value)});
  }
  co_return list;
}

Task<Status> ExtInode::SetExtendedAttribute(std::string name, std::optional<std::string> value,
                                            vfs::AttributeSetting how) {
  return ext_filesystem().ChangeAttribute(inode_, std::move(name), std::move(value),
                                          SettingOf(how));
}

Task<Result<InodePtr>> ExtInode::Lookup(std::string_view name) {
  const auto now = ext_filesystem().LookupNow(*inode_, name);
  if (!now) return LookUpSlowly(name);
  return InodePtr(fs_.InodeFor(TRY(*now)));
}

Task<Result<InodePtr>> ExtInode::LookUpSlowly(std::string_view name) {
  CO_ASSIGN(ext::InodePtr found, co_await ext_filesystem().Lookup(inode_, std::string(name)));
  co_return InodePtr(fs_.InodeFor(std::move(found)));
}

Task<Result<InodePtr>> ExtInode::Create(std::string_view name, const vfs::NewInode& what) {
  CO_ASSIGN(ext::InodePtr made,
            co_await ext_filesystem().Create(inode_, std::string(name), RequestOf(what)));
  co_return InodePtr(fs_.InodeFor(std::move(made)));
}

Task<Result<InodePtr>> ExtInode::CreateUnnamed(const vfs::NewInode& what) {
  CO_ASSIGN(ext::InodePtr made, co_await ext_filesystem().CreateUnnamed(inode_, RequestOf(what)));
  co_return InodePtr(fs_.InodeFor(std::move(made)));
}

Task<Status> ExtInode::Symlink(std::string_view name, std::string_view target,
                               const vfs::NewInode& owner) {
  vfs::NewInode what = owner;
  what.type = FileType::kSymlink;
  CO_TRY(co_await ext_filesystem().Symlink(inode_, std::string(name), std::string(target),
                                           RequestOf(what)));
  co_return kOk;
}

Task<Status> ExtInode::Link(std::string_view name, InodePtr target) {
  return ext_filesystem().Link(inode_, std::string(name), Inner(target));
}

Task<Status> ExtInode::Unlink(std::string_view name) {
  return ext_filesystem().Unlink(inode_, std::string(name));
}

Task<Status> ExtInode::RemoveDirectory(std::string_view name) {
  return ext_filesystem().RemoveDirectory(inode_, std::string(name));
}

Task<Status> ExtInode::Rename(std::string_view name, InodePtr to, std::string_view to_name,
                              vfs::RenameMode mode) {
  return ext_filesystem().Rename(inode_, std::string(name), Inner(to), std::string(to_name),
                                 ModeOf(mode));
}

Result<std::unique_ptr<vfs::DirectoryStream>> ExtInode::OpenDirectory() {
  auto self = std::static_pointer_cast<ExtInode>(shared_from_this());
  return std::unique_ptr<vfs::DirectoryStream>(new ExtDirectoryStream(std::move(self)));
}

Task<Result<vfs::LinkTarget>> ExtInode::ReadLink(const vfs::Caller&) {
  CO_ASSIGN(std::string text, co_await ext_filesystem().ReadLink(inode_));
  ext_filesystem().NoteAccess(inode_);
  co_return vfs::LinkTarget{std::move(text), nullptr};
}

Task<Result<size_t>> ExtInode::ReadAt(uint64_t offset, vfs::DataSink& sink) {
  SinkAdapter adapter(sink);
  const auto now = ext_filesystem().ReadNow(*inode_, offset, adapter);
  if (!now) return ReadSlowly(offset, sink);
  if (now->ok()) ext_filesystem().NoteAccess(inode_);
  return *now;
}

Task<Result<size_t>> ExtInode::ReadSlowly(uint64_t offset, vfs::DataSink& sink) {
  SinkAdapter adapter(sink);
  CO_ASSIGN(const size_t size, co_await ext_filesystem().Read(inode_, offset, adapter));
  ext_filesystem().NoteAccess(inode_);
  co_return size;
}

Task<Result<size_t>> ExtInode::WriteAt(uint64_t offset, vfs::DataSource& source) {
  SourceAdapter adapter(source);
  co_return co_await ext_filesystem().Write(inode_, offset, adapter);
}

Task<Result<uint64_t>> ExtInode::SeekSparse(uint64_t offset, vfs::SeekKind kind) {
  return ext_filesystem().SeekSparse(
      inode_, offset,
      kind == vfs::SeekKind::kData ? ext::SparseSeek::kData : ext::SparseSeek::kHole);
}

Task<Status> ExtInode::Allocate(uint64_t offset, uint64_t size, vfs::AllocateMode mode) {
  return ext_filesystem().Allocate(inode_, offset, size, PreallocationOf(mode));
}

Task<Result<vfs::FilePtr>> ExtInode::Open(const vfs::Caller& caller, const vfs::Path& path,
                                          uint32_t flags) {
  switch (type()) {
    case FileType::kCharacter:
    case FileType::kBlock:
      return OpenDevice(fs_.host(), ext::DeviceOf(*inode_), caller, path, flags);
    case FileType::kFifo:
      if (pipe_ == nullptr) pipe_ = std::make_shared<Pipe>();
      return OpenFifo(pipe_, caller, path, flags);
    default:
      return vfs::FilePtr();
  }
}

}  // namespace elfin::fs
