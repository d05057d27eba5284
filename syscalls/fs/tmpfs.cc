#include "syscalls/fs/tmpfs.h"

#include <utility>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/devices.h"
#include "syscalls/fs/pipe.h"

namespace elfin::fs {
namespace {

constexpr uint64_t kEntrySize = 20;
constexpr uint32_t kMaxLinks = 65000;

}  // namespace

TmpFs::TmpFs(kernel::Host& host, const Options& options)
    : host_(host), type_(options.type), magic_(options.magic) {
  budget_.limit = options.max_bytes / kPageSize;
  root_ = MakeInode({FileType::kDirectory, options.root_permissions, options.uid, options.gid, 0});
}

std::shared_ptr<TmpFs> TmpFs::Make(kernel::Host& host, const Options& options) {
  return std::shared_ptr<TmpFs>(new TmpFs(host, options));
}

InodePtr TmpFs::root() { return root_; }

vfs::FilesystemInfo TmpFs::Info() {
  vfs::FilesystemInfo info;
  info.magic = magic_;
  info.blocks = budget_.limit;
  info.blocks_free = info.blocks_available = budget_.limit - budget_.used;
  info.files = budget_.limit;
  info.files_free = budget_.limit - inodes;
  return info;
}

std::shared_ptr<TmpInode> TmpFs::MakeInode(const vfs::NewInode& what) {
  Attributes attributes;
  attributes.inode = next_inode_++;
  attributes.type = what.type;
  attributes.permissions = what.permissions & vfs::kPermissionMask;
  attributes.links = what.type == FileType::kDirectory ? 2 : 1;
  attributes.uid = what.uid;
  attributes.gid = what.gid;
  attributes.rdev = what.rdev;
  attributes.accessed = attributes.modified = attributes.changed = fs::Now(host_);
  attributes.created = attributes.accessed;
  return std::make_shared<TmpInode>(*this, attributes);
}

TmpInode::TmpInode(TmpFs& filesystem, const Attributes& attributes)
    : fs_(filesystem), attributes_(attributes), bytes_(filesystem.budget()) {
  ++fs_.inodes;
}

TmpInode::~TmpInode() {
  fs_.budget().used -= extended_pages_;
  --fs_.inodes;
}

vfs::FileTime TmpInode::Now() const { return fs::Now(fs_.host()); }

Result<Attributes> TmpInode::attributes() {
  Attributes now = attributes_;
  now.device = fs_.device;
  switch (now.type) {
    case FileType::kDirectory:
      now.size = kEntrySize * (entries_.size() + 2);
      break;
    case FileType::kSymlink:
      now.size = link_target_.size();
      break;
    default:
      now.size = bytes_.size();
      now.blocks = bytes_.pages() * (kPageSize / 512);
  }
  return now;
}

Task<Status> TmpInode::SetAttributes(const vfs::AttributeChange& change) {
  if (change.size.has_value()) {
    if (type() == FileType::kDirectory) return Errno::kIsDir;
    if (type() != FileType::kRegular) return Errno::kInval;
    if (*change.size > INT64_MAX) return Errno::kFBig;
    if (*change.size < bytes_.size() && (Seals() & abi::kSealShrink) != 0) return Errno::kPerm;
    if (*change.size > bytes_.size() && (Seals() & abi::kSealGrow) != 0) return Errno::kPerm;
    bytes_.Resize(*change.size);
    attributes_.modified = Now();
  }
  ApplyChange(change, Now(), attributes_);
  return kOk;
}

Task<Result<std::vector<vfs::ExtendedAttribute>>> TmpInode::ExtendedAttributes() {
  std::vector<vfs::ExtendedAttribute> all;
  for (const auto& [name, value] : extended_) all.push_back({name, value});
  return all;
}

uint64_t TmpInode::ExtendedBytes() const {
  uint64_t bytes = 0;
  for (const auto& [name, value] : extended_) bytes += name.size() + value.size();
  return bytes;
}

Status TmpInode::ChargeExtended(uint64_t bytes) {
  PageBudget& budget = fs_.budget();
  const uint64_t pages = (bytes + kPageSize - 1) / kPageSize;
  if (pages > extended_pages_ && budget.used + (pages - extended_pages_) > budget.limit) {
    return Errno::kNoSpc;
  }
  budget.used += pages - extended_pages_;
  extended_pages_ = pages;
  return kOk;
}

Task<Status> TmpInode::SetExtendedAttribute(std::string name, std::optional<std::string> value,
                                            vfs::AttributeSetting how) {
  const auto found = extended_.find(name);
  const bool exists = found != extended_.end();
  if (exists && how == vfs::AttributeSetting::kCreate) return Errno::kExist;
  if (!exists && (!value || how == vfs::AttributeSetting::kReplace)) return Errno::kNoData;
  uint64_t bytes = ExtendedBytes();
  if (exists) bytes -= name.size() + found->second.size();
  if (value) bytes += name.size() + value->size();
  TRY(ChargeExtended(bytes));
  if (value) {
    extended_.insert_or_assign(std::move(name), std::move(*value));
  } else {
    extended_.erase(found);
  }
  attributes_.changed = Now();
  return kOk;
}

Task<Result<size_t>> TmpInode::ReadAt(uint64_t offset, vfs::DataSink& sink) {
  TouchAccess(Now(), attributes_);
  return bytes_.Read(offset, sink);
}

Task<Result<size_t>> TmpInode::WriteAt(uint64_t offset, vfs::DataSource& source) {
  if ((Seals() & (abi::kSealWrite | abi::kSealFutureWrite)) != 0) return Errno::kPerm;
  const bool grows = source.remaining() > 0 && offset + source.remaining() > bytes_.size();
  if (grows && (Seals() & abi::kSealGrow) != 0) return Errno::kPerm;
  const size_t written = TRY(bytes_.Write(offset, source));
  if (written > 0) attributes_.modified = attributes_.changed = Now();
  return written;
}

Task<Result<uint64_t>> TmpInode::SeekSparse(uint64_t offset, vfs::SeekKind kind) {
  return bytes_.Seek(offset, kind);
}

Task<Status> TmpInode::Allocate(uint64_t offset, uint64_t size, vfs::AllocateMode mode) {
  const uint64_t end = offset + size;
  if (end > INT64_MAX) return Errno::kFBig;
  const bool keeps_size = mode == vfs::AllocateMode::kKeepSize ||
                          mode == vfs::AllocateMode::kPunchHole ||
                          mode == vfs::AllocateMode::kZeroKeepSize;
  const bool clears = mode != vfs::AllocateMode::kExtend && mode != vfs::AllocateMode::kKeepSize;
  if (clears && (Seals() & (abi::kSealWrite | abi::kSealFutureWrite)) != 0) return Errno::kPerm;
  if (!keeps_size && end > bytes_.size() && (Seals() & abi::kSealGrow) != 0) return Errno::kPerm;
  if (clears) bytes_.PunchHole(offset, size);
  if (mode != vfs::AllocateMode::kPunchHole) TRY(bytes_.Reserve(offset, size));
  if (!keeps_size && end > bytes_.size()) bytes_.Resize(end);
  attributes_.modified = attributes_.changed = Now();
  return kOk;
}

Task<Result<vfs::LinkTarget>> TmpInode::ReadLink(const vfs::Caller&) {
  TouchAccess(Now(), attributes_);
  return vfs::LinkTarget{link_target_, nullptr};
}

Task<Result<vfs::FilePtr>> TmpInode::Open(const vfs::Caller& caller, const vfs::Path& path,
                                          uint32_t flags) {
  switch (type()) {
    case FileType::kCharacter:
    case FileType::kBlock:
      return OpenDevice(fs_.host(), attributes_.rdev, caller, path, flags);
    case FileType::kFifo:
      if (pipe_ == nullptr) pipe_ = std::make_shared<Pipe>();
      return OpenFifo(pipe_, caller, path, flags);
    default:
      return vfs::FilePtr();
  }
}

// ---- Directories ----

TmpInode* TmpInode::Find(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : entries_.at(found->second).inode.get();
}

void TmpInode::Insert(std::string_view name, std::shared_ptr<TmpInode> inode) {
  if (inode->type() == FileType::kDirectory) ++attributes_.links;
  by_name_[std::string(name)] = next_entry_;
  entries_[next_entry_++] = Entry{std::string(name), std::move(inode)};
  attributes_.modified = attributes_.changed = Now();
}

std::shared_ptr<TmpInode> TmpInode::Erase(std::string_view name) {
  const auto found = by_name_.find(std::string(name));
  const auto entry = entries_.find(found->second);
  std::shared_ptr<TmpInode> inode = std::move(entry->second.inode);
  entries_.erase(entry);
  by_name_.erase(found);
  if (inode->type() == FileType::kDirectory) --attributes_.links;
  attributes_.modified = attributes_.changed = Now();
  return inode;
}

Task<Result<InodePtr>> TmpInode::Lookup(std::string_view name) {
  TmpInode* found = Find(name);
  if (found == nullptr) return Errno::kNoEnt;
  return found->shared_from_this();
}

Task<Result<InodePtr>> TmpInode::Create(std::string_view name, const vfs::NewInode& what) {
  if (Find(name) != nullptr) return Errno::kExist;
  if (attributes_.links == 0) return Errno::kNoEnt;
  vfs::NewInode owned = what;
  if ((attributes_.permissions & vfs::kSetGid) != 0) {
    owned.gid = attributes_.gid;
    if (what.type == FileType::kDirectory) owned.permissions |= vfs::kSetGid;
  }
  std::shared_ptr<TmpInode> inode = fs_.MakeInode(owned);
  Insert(name, inode);
  return InodePtr(inode);
}

Task<Result<InodePtr>> TmpInode::CreateUnnamed(const vfs::NewInode& what) {
  std::shared_ptr<TmpInode> inode = fs_.MakeInode(what);
  inode->attributes_.links = 0;
  return InodePtr(inode);
}

Task<Status> TmpInode::Symlink(std::string_view name, std::string_view target,
                               const vfs::NewInode& owner) {
  if (Find(name) != nullptr) return Errno::kExist;
  std::shared_ptr<TmpInode> inode = fs_.MakeInode(owner);
  inode->link_target_ = target;
  Insert(name, std::move(inode));
  return kOk;
}

Task<Status> TmpInode::Link(std::string_view name, InodePtr target) {
  if (Find(name) != nullptr) return Errno::kExist;
  auto inode = std::static_pointer_cast<TmpInode>(target);
  if (inode->attributes_.links >= kMaxLinks) return Errno::kMLink;
  ++inode->attributes_.links;
  inode->attributes_.changed = Now();
  Insert(name, std::move(inode));
  return kOk;
}

Task<Status> TmpInode::Unlink(std::string_view name) {
  const TmpInode* found = Find(name);
  if (found == nullptr) return Errno::kNoEnt;
  if (found->type() == FileType::kDirectory) return Errno::kIsDir;
  const std::shared_ptr<TmpInode> gone = Erase(name);
  --gone->attributes_.links;
  gone->attributes_.changed = Now();
  return kOk;
}

Task<Status> TmpInode::RemoveDirectory(std::string_view name) {
  const TmpInode* found = Find(name);
  if (found == nullptr) return Errno::kNoEnt;
  if (found->type() != FileType::kDirectory) return Errno::kNotDir;
  if (!found->entries_.empty()) return Errno::kNotEmpty;
  const std::shared_ptr<TmpInode> gone = Erase(name);
  gone->attributes_.links = 0;
  gone->attributes_.changed = Now();
  return kOk;
}

Status TmpInode::CheckReplace(const TmpInode& moved, const TmpInode& replaced) const {
  const bool directory = replaced.type() == FileType::kDirectory;
  if (directory && moved.type() != FileType::kDirectory) return Errno::kIsDir;
  if (!directory && moved.type() == FileType::kDirectory) return Errno::kNotDir;
  if (directory && !replaced.entries_.empty()) return Errno::kNotEmpty;
  return kOk;
}

Task<Status> TmpInode::Rename(std::string_view name, InodePtr to, std::string_view to_name,
                              vfs::RenameMode mode) {
  auto target_directory = std::static_pointer_cast<TmpInode>(to);
  const TmpInode* moved = Find(name);
  const TmpInode* replaced = target_directory->Find(to_name);
  if (moved == nullptr) return Errno::kNoEnt;
  if (mode == vfs::RenameMode::kExchange) {
    if (replaced == nullptr) return Errno::kNoEnt;
    std::shared_ptr<TmpInode> first = Erase(name);
    std::shared_ptr<TmpInode> second = target_directory->Erase(to_name);
    first->attributes_.changed = second->attributes_.changed = Now();
    Insert(name, std::move(second));
    target_directory->Insert(to_name, std::move(first));
    return kOk;
  }
  if (replaced != nullptr) {
    if (mode == vfs::RenameMode::kNoReplace) return Errno::kExist;
    TRY(CheckReplace(*moved, *replaced));
    const std::shared_ptr<TmpInode> gone = target_directory->Erase(to_name);
    gone->attributes_.links =
        gone->type() == FileType::kDirectory ? 0 : gone->attributes_.links - 1;
    gone->attributes_.changed = Now();
  }
  std::shared_ptr<TmpInode> inode = Erase(name);
  inode->attributes_.changed = Now();
  target_directory->Insert(to_name, std::move(inode));
  return kOk;
}

class TmpDirectoryStream final : public vfs::DirectoryStream {
 public:
  explicit TmpDirectoryStream(std::shared_ptr<TmpInode> directory)
      : directory_(std::move(directory)) {}
  Task<Status> Read(uint64_t cookie, vfs::DirectoryVisitor& visitor) override {
    TouchAccess(directory_->Now(), directory_->attributes_);
    const auto& entries = directory_->entries_;
    for (auto entry = entries.upper_bound(cookie); entry != entries.end(); ++entry) {
      const TmpInode& inode = *entry->second.inode;
      if (!visitor.Visit(
              {entry->second.name, inode.attributes_.inode, inode.type(), entry->first})) {
        break;
      }
    }
    return kOk;
  }

 private:
  std::shared_ptr<TmpInode> directory_;
};

Result<std::unique_ptr<vfs::DirectoryStream>> TmpInode::OpenDirectory() {
  auto self = std::static_pointer_cast<TmpInode>(shared_from_this());
  return std::unique_ptr<vfs::DirectoryStream>(new TmpDirectoryStream(std::move(self)));
}

}  // namespace elfin::fs
