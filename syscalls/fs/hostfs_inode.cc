#include "syscalls/fs/hostfs_inode.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/devices.h"

namespace elfin::fs {
namespace {

constexpr int64_t kAttributesLast = 1'000'000;  // ns
constexpr size_t kChunk = 65536;

int64_t Monotonic(HostFs& filesystem) {
  return filesystem.host().Now(kernel::HostClock::kMonotonic);
}

/// A listing of the host, taken anew whenever a reading begins at the start.
class HostDirectoryStream final : public vfs::DirectoryStream {
 public:
  explicit HostDirectoryStream(std::shared_ptr<HostInode> directory)
      : directory_(std::move(directory)) {}
  Task<Status> Read(uint64_t cookie, vfs::DirectoryVisitor& visitor) override {
    auto& folder = static_cast<HostFs&>(directory_->filesystem()).folder();
    if (cookie == 0 || !listed_) {
      CO_ASSIGN(entries_, co_await folder.List(directory_->PathOf()));
      AddNodes();
      listed_ = true;
    }
    for (uint64_t i = cookie; i < entries_.size(); ++i) {
      const kernel::HostDirEntry& entry = entries_[i];
      const FileType type = co_await TypeOf(folder, entry);
      if (!visitor.Visit({entry.name, entry.inode, type, i + 1})) break;
    }
    co_return kOk;
  }

 private:
  void AddNodes() {
    auto& nodes = static_cast<HostFs&>(directory_->filesystem()).nodes();
    nodes.ForEach(directory_->directory_key(), [this](const std::string& name, vfs::Inode& node) {
      const Result<Attributes> attributes = node.attributes();
      const uint64_t number = attributes.ok() ? attributes.value().inode : 0;
      entries_.push_back({name, number, vfs::DirectoryEntryType(node.type())});
    });
  }
  Task<FileType> TypeOf(kernel::HostFolder& folder, const kernel::HostDirEntry& entry) const {
    if (entry.type != 0) return static_cast<FileType>(uint32_t{entry.type} << 12);
    return AskForType(folder.Stat(directory_->PathOf(entry.name)));
  }
  static Task<FileType> AskForType(Task<Result<kernel::HostStat>> asked) {
    const Result<kernel::HostStat> stat = co_await std::move(asked);
    co_return stat.ok() ? static_cast<FileType>(stat.value().mode & vfs::kTypeMask)
                        : FileType::kRegular;
  }

  std::shared_ptr<HostInode> directory_;
  std::vector<kernel::HostDirEntry> entries_;
  bool listed_ = false;
};

}  // namespace

HostInode::HostInode(HostFs& filesystem, const kernel::HostStat& stat,
                     std::shared_ptr<HostInode> parent, std::string_view name)
    : fs_(filesystem),
      type_(static_cast<FileType>(stat.mode & vfs::kTypeMask)),
      parent_(std::move(parent)),
      name_(name) {
  Remember(stat);
}

HostInode::~HostInode() {
  if (read_handle_.has_value()) fs_.folder().Close(*read_handle_);
  if (write_handle_.has_value()) fs_.folder().Close(*write_handle_);
  fs_.Forget(*this);
}

void HostInode::Remember(const kernel::HostStat& stat) {
  stat_ = stat;
  stat_time_ = Monotonic(fs_);
}

void HostInode::SetPlace(const kernel::HostStat& stat, std::shared_ptr<HostInode> parent,
                         std::string_view name) {
  Remember(stat);
  parent_ = std::move(parent);
  name_ = name;
}

std::string HostInode::PathOf(std::string_view child) const {
  std::string path(child);
  for (const HostInode* inode = this; inode->parent_ != nullptr; inode = inode->parent_.get()) {
    path = path.empty() ? inode->name_ : inode->name_ + "/" + path;
  }
  return path;
}

Status HostInode::Refresh() {
  if (stat_time_ != 0 && Monotonic(fs_) - stat_time_ < kAttributesLast) return kOk;
  const std::optional<uint32_t> handle = write_handle_.has_value() ? write_handle_ : read_handle_;
  if (handle.has_value()) {
    Remember(TRY(fs_.folder().StatHandle(*handle)));
    return kOk;
  }
  Task<Result<kernel::HostStat>> asked = fs_.folder().Stat(PathOf());
  if (asked.ready()) Remember(TRY(asked.Take()));
  return kOk;
}

Result<Attributes> HostInode::attributes() {
  TRY(Refresh());
  Attributes now;
  now.device = stat_.device;
  now.inode = stat_.inode;
  now.type = type_;
  now.permissions = stat_.mode & vfs::kPermissionMask;
  now.links = stat_.nlink;
  now.uid = stat_.uid;
  now.gid = stat_.gid;
  now.rdev = stat_.rdev;
  now.size = stat_.size;
  now.blocks = stat_.blocks;
  now.accessed = stat_.atime_ns;
  now.modified = stat_.mtime_ns;
  now.changed = stat_.ctime_ns;
  return now;
}

Task<Status> HostInode::SetAttributes(const vfs::AttributeChange& change) {
  Outdate();
  kernel::HostFolder& folder = fs_.folder();
  const std::string path = PathOf();
  if (change.size.has_value()) {
    if (type_ != FileType::kRegular) co_return Errno::kInval;
    CO_ASSIGN(const uint32_t handle, co_await Handle(/*for_writing=*/true));
    CO_TRY(co_await folder.Truncate(handle, *change.size));
  }
  if (change.uid.has_value() || change.gid.has_value()) {
    CO_TRY(Refresh());
    CO_TRY(co_await folder.ChangeOwner(path, change.uid.value_or(stat_.uid),
                                       change.gid.value_or(stat_.gid)));
  }
  if (change.permissions.has_value()) {
    CO_TRY(co_await folder.ChangeMode(path, *change.permissions));
  }
  if (change.accessed.has_value() || change.modified.has_value()) {
    CO_TRY(Refresh());
    CO_TRY(co_await folder.SetTimes(path, change.accessed.value_or(stat_.atime_ns),
                                    change.modified.value_or(stat_.mtime_ns)));
  }
  Outdate();
  co_return kOk;
}

// ---- Directories ----

Task<Result<InodePtr>> HostInode::Lookup(std::string_view name) {
  if (InodePtr node = fs_.nodes().Find(directory_key(), name)) return node;
  Task<Result<kernel::HostStat>> asked = fs_.folder().Stat(PathOf(name));
  // Each step of each path comes here: where the host answers at once, without a coroutine.
  if (!asked.ready()) return AwaitChild(name, std::move(asked));
  return ChildOf(TRY(asked.Take()), name);
}

Task<Result<InodePtr>> HostInode::AwaitChild(std::string_view name,
                                             Task<Result<kernel::HostStat>> asked) {
  CO_ASSIGN(const kernel::HostStat stat, co_await std::move(asked));
  co_return ChildOf(stat, name);
}

InodePtr HostInode::ChildOf(const kernel::HostStat& stat, std::string_view name) {
  auto self = std::static_pointer_cast<HostInode>(shared_from_this());
  return fs_.InodeFor(stat, self, name);
}

/// What is made should belong to the guest's user; where the host does not allow that, it is the
/// host's user's.
Task<Status> HostInode::Chown(std::string_view name, const vfs::NewInode& what) {
  CO_ASSIGN(const kernel::HostStat stat, co_await fs_.folder().Stat(PathOf(name)));
  if (stat.uid != what.uid || stat.gid != what.gid) {
    (void)co_await fs_.folder().ChangeOwner(PathOf(name), what.uid, what.gid);
  }
  co_return kOk;
}

Task<Result<InodePtr>> HostInode::Create(std::string_view name, const vfs::NewInode& what) {
  Outdate();
  const std::string path = PathOf(name);
  if (what.type == FileType::kDirectory) {
    CO_TRY(co_await fs_.folder().MakeDirectory(path, what.permissions));
    CO_TRY(co_await Chown(name, what));
    co_return co_await Lookup(name);
  }
  if (HostNodes::Keeps(what.type)) co_return fs_.nodes().Add(directory_key(), name, what);
  if (what.type != FileType::kRegular) co_return Errno::kPerm;
  constexpr uint32_t kFlags = abi::kORdWr | abi::kOCreat | abi::kOExcl;
  CO_ASSIGN(const uint32_t handle, co_await fs_.folder().Open(path, kFlags, what.permissions));
  const Status owned = co_await Chown(name, what);
  Result<InodePtr> made = Errno::kIo;
  if (owned.ok()) {
    made = co_await Lookup(name);
  } else {
    made = owned.error();
  }
  if (!made.ok()) {
    fs_.folder().Close(handle);
    co_return made;
  }
  // Kept: its permissions may forbid opening it again.
  auto& inode = static_cast<HostInode&>(*made.value());
  if (inode.write_handle_.has_value()) fs_.folder().Close(*inode.write_handle_);
  inode.write_handle_ = handle;
  co_return made;
}

Task<Status> HostInode::Symlink(std::string_view name, std::string_view target,
                                const vfs::NewInode& owner) {
  Outdate();
  CO_TRY(co_await fs_.folder().Symlink(target, PathOf(name)));
  co_return co_await Chown(name, owner);
}

Task<Status> HostInode::Link(std::string_view name, InodePtr target) {
  if (HostNodes::Keeps(target->type())) {
    fs_.nodes().Put(directory_key(), name, std::move(target));
    co_return kOk;
  }
  Outdate();
  auto& inode = static_cast<HostInode&>(*target);
  CO_TRY(co_await fs_.folder().Link(inode.PathOf(), PathOf(name)));
  inode.Outdate();
  co_return kOk;
}

Task<Status> HostInode::Unlink(std::string_view name) {
  if (fs_.nodes().Take(directory_key(), name) != nullptr) return kOk;
  Outdate();
  return fs_.folder().Remove(PathOf(name));
}

Task<Status> HostInode::RemoveDirectory(std::string_view name) {
  CO_ASSIGN(const kernel::HostStat stat, co_await fs_.folder().Stat(PathOf(name)));
  if (fs_.nodes().HasAny({stat.device, stat.inode})) co_return Errno::kNotEmpty;
  Outdate();
  co_return co_await fs_.folder().RemoveDirectory(PathOf(name));
}

Task<Status> HostInode::Rename(std::string_view name, InodePtr to, std::string_view to_name,
                               vfs::RenameMode mode) {
  auto target = std::static_pointer_cast<HostInode>(to);
  if (mode == vfs::RenameMode::kExchange) co_return Errno::kInval;
  const std::string new_path = target->PathOf(to_name);
  const bool is_node_there = fs_.nodes().Find(target->directory_key(), to_name) != nullptr;
  const InodePtr node = fs_.nodes().Find(directory_key(), name);
  if (node != nullptr || mode == vfs::RenameMode::kNoReplace) {
    const Result<kernel::HostStat> there = co_await fs_.folder().Stat(new_path);
    if (mode == vfs::RenameMode::kNoReplace && (is_node_there || there.ok())) {
      co_return Errno::kExist;
    }
    if (node != nullptr) {
      if (there.ok()) CO_TRY(co_await fs_.folder().Remove(new_path));
      fs_.nodes().Take(directory_key(), name);
      fs_.nodes().Put(target->directory_key(), to_name, node);
      co_return kOk;
    }
  }
  CO_TRY(co_await fs_.folder().Rename(PathOf(name), new_path));
  if (is_node_there) fs_.nodes().Take(target->directory_key(), to_name);
  Outdate();
  target->Outdate();
  // Whoever holds the moved inode finds it at its new place.
  (void)co_await target->Lookup(to_name);
  co_return kOk;
}

Result<std::unique_ptr<vfs::DirectoryStream>> HostInode::OpenDirectory() {
  auto self = std::static_pointer_cast<HostInode>(shared_from_this());
  return std::unique_ptr<vfs::DirectoryStream>(new HostDirectoryStream(std::move(self)));
}

Task<Result<vfs::LinkTarget>> HostInode::ReadLink(const vfs::Caller&) {
  CO_ASSIGN(std::string text, co_await fs_.folder().ReadLink(PathOf()));
  co_return vfs::LinkTarget{std::move(text), nullptr};
}

// ---- Files ----

Task<Result<uint32_t>> HostInode::Handle(bool for_writing) {
  if (write_handle_.has_value()) co_return *write_handle_;
  if (!for_writing && read_handle_.has_value()) co_return *read_handle_;
  const uint32_t flags = for_writing ? abi::kORdWr : abi::kORdOnly;
  Result<uint32_t> handle = co_await fs_.folder().Open(PathOf(), flags, 0);
  if (!handle.ok() && for_writing && handle.error() == Errno::kAcces) {
    // A file that may be written, not read.
    handle = co_await fs_.folder().Open(PathOf(), abi::kOWrOnly, 0);
  }
  CO_ASSIGN(const uint32_t opened, std::move(handle));
  std::optional<uint32_t>& kept = for_writing ? write_handle_ : read_handle_;
  if (kept.has_value()) {  // somebody else was waiting for it too
    fs_.folder().Close(opened);
  } else {
    kept = opened;
  }
  co_return *kept;
}

Task<Result<size_t>> HostInode::ReadAt(uint64_t offset, vfs::DataSink& sink) {
  CO_ASSIGN(const uint32_t handle, co_await Handle(/*for_writing=*/false));
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min<uint64_t>(sink.remaining(), kChunk)));
  size_t done = 0;
  while (sink.remaining() > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(sink.remaining(), bytes.size()));
    const Result<size_t> read =
        co_await fs_.folder().Read(handle, offset + done, bytes.data(), wanted);
    if (!read.ok()) co_return done > 0 ? Result<size_t>(done) : read;
    if (read.value() == 0) break;
    const Result<size_t> put = sink.Put(bytes.data(), read.value());
    if (!put.ok()) co_return done > 0 ? Result<size_t>(done) : put;
    done += put.value();
    if (put.value() < wanted) break;
  }
  co_return done;
}

Task<Result<size_t>> HostInode::WriteAt(uint64_t offset, vfs::DataSource& source) {
  CO_ASSIGN(const uint32_t handle, co_await Handle(/*for_writing=*/true));
  const Result<size_t> wrote = co_await WriteBytes(handle, offset, source);
  Outdate();
  co_return wrote;
}

Task<Result<size_t>> HostInode::WriteBytes(uint32_t handle, uint64_t offset,
                                           vfs::DataSource& source) {
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min<uint64_t>(source.remaining(), kChunk)));
  size_t done = 0;
  while (source.remaining() > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(source.remaining(), bytes.size()));
    const Result<size_t> taken = source.Take(bytes.data(), wanted);
    if (!taken.ok()) co_return done > 0 ? Result<size_t>(done) : taken;
    size_t sent = 0;
    while (sent < taken.value()) {
      Outdate();
      const Result<size_t> wrote = co_await fs_.folder().Write(
          handle, offset + done + sent, bytes.data() + sent, taken.value() - sent);
      if (!wrote.ok()) co_return done + sent > 0 ? Result<size_t>(done + sent) : wrote;
      sent += wrote.value();
    }
    done += sent;
    if (taken.value() < wanted) break;
  }
  co_return done;
}

Task<Status> HostInode::Allocate(uint64_t offset, uint64_t size, vfs::AllocateMode mode) {
  if (mode != vfs::AllocateMode::kExtend) co_return Errno::kOpNotSupp;
  CO_ASSIGN(const uint32_t handle, co_await Handle(/*for_writing=*/true));
  Outdate();
  CO_TRY(Refresh());
  if (offset + size > stat_.size) CO_TRY(co_await fs_.folder().Truncate(handle, offset + size));
  Outdate();
  co_return kOk;
}

Task<Status> HostInode::Sync() {
  if (!write_handle_.has_value()) return kOk;
  return fs_.folder().Sync(*write_handle_);
}

Task<Status> HostInode::Flush() {
  if (!write_handle_.has_value()) return kOk;
  return fs_.folder().Flush(*write_handle_);
}

Task<Result<vfs::FilePtr>> HostInode::Open(const vfs::Caller& caller, const vfs::Path& path,
                                           uint32_t flags) {
  switch (type_) {
    case FileType::kRegular: {
      const bool writes = (flags & abi::kOAccMode) != abi::kORdOnly;
      CO_TRY(co_await Handle(writes));
      co_return vfs::FilePtr();
    }
    case FileType::kCharacter:
    case FileType::kBlock:
      co_return OpenDevice(fs_.host(), stat_.rdev, caller, path, flags);
    case FileType::kDirectory:
      co_return vfs::FilePtr();
    default:
      co_return Errno::kNxio;
  }
}

}  // namespace elfin::fs
