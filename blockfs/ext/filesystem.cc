#include "blockfs/ext/filesystem.h"

#include <algorithm>
#include <cstring>

#include "blockfs/detached.h"
#include "blockfs/ext/block_allocation.h"
#include "blockfs/ext/block_map.h"
#include "blockfs/ext/file_data.h"

namespace elfin::ext {

using blockfs::Background;
using blockfs::Detach;

namespace {

constexpr Nanoseconds kDay = 86'400'000'000'000;
constexpr uint32_t kAccessesPerLook = 32;

class StringSink final : public ByteSink {
 public:
  explicit StringSink(uint64_t limit) : limit_(limit) {}
  uint64_t remaining() const override { return limit_ - text.size(); }
  Result<size_t> Put(const void* from, size_t size) override {
    text.append(static_cast<const char*>(from), size);
    return size;
  }
  std::string text;

 private:
  uint64_t limit_;
};

/// One change, in its turn. `work` makes the task; its captures live in the caller's frame, which
/// awaits it.
template <class Work>
auto InTurn(Volume& volume, Work work) -> decltype(work()) {
  for (int attempt = 0;; ++attempt) {
    CO_ASSIGN(Volume::Operation operation, co_await volume.Begin());
    auto result = co_await work();
    result = volume.End(operation, std::move(result));
    // What was freed lately can be had after a commit.
    const bool full = !result.ok() && result.error() == Errno::kNoSpc;
    if (!full || attempt > 0 || !volume.any_freed()) co_return result;
    CO_TRY(co_await volume.Commit());
  }
}

}  // namespace

Task<Result<std::shared_ptr<Filesystem>>> Filesystem::Mount(BlockDevice& device,
                                                            VolumeOptions options) {
  CO_ASSIGN(std::shared_ptr<Volume> volume, co_await Volume::Mount(device, std::move(options)));
  std::shared_ptr<Filesystem> filesystem(new Filesystem(volume));
  CO_ASSIGN(filesystem->root_, co_await volume->GetInode(kRootInode));
  co_return filesystem;
}

Task<Status> Filesystem::Unmount() {
  const AsyncLock::Guard guard = co_await volume_->lock().Exclusive();
  co_return co_await volume_->Close();
}

FilesystemUsage Filesystem::Usage() {
  const Superblock& s = volume_->superblock();
  uint64_t own = s.first_data_block;
  for (const SystemZone::Range& range : volume_->system_zone().ranges()) own += range.count;
  if (volume_->has_compat(kCompatHasJournal) && s.journal_inode != 0) {
    // The backup of the journal's inode in the superblock ends in its size.
    own += (s.journal_blocks[16] | uint64_t{s.journal_blocks[15]} << 32) / volume_->block_size();
  }
  FilesystemUsage usage;
  usage.block_size = volume_->block_size();
  usage.blocks = volume_->block_count() - std::min(own, volume_->block_count());
  usage.free_blocks = volume_->free_blocks();
  usage.available_blocks =
      usage.free_blocks - std::min(usage.free_blocks, volume_->reserved_blocks());
  usage.inodes = s.inodes_count;
  usage.free_inodes = volume_->free_inodes();
  std::memcpy(&usage.id, s.uuid, sizeof(usage.id));
  return usage;
}

uint64_t Filesystem::SectorsOf(const Inode& inode) const {
  return InodeBlocks(*volume_, inode) * (volume_->block_size() / 512);
}

// ---- Reading ----

std::optional<Result<InodePtr>> Filesystem::LookupNow(Inode& directory, std::string_view name) {
  if (!volume_->lock().IsFreeForReaders()) return std::nullopt;
  Task<Result<FoundEntry>> finding = FindName(*volume_, directory, name);
  if (!finding.ready()) return std::nullopt;
  const Result<FoundEntry> entry = finding.Take();
  if (!entry.ok()) return entry.error();
  Task<Result<InodePtr>> getting = volume_->GetInode(entry->inode);
  if (!getting.ready()) return std::nullopt;
  return getting.Take();
}

Task<Result<InodePtr>> Filesystem::Lookup(InodePtr directory, std::string name) {
  const AsyncLock::Guard guard = co_await volume_->lock().Shared();
  CO_ASSIGN(const FoundEntry entry, co_await FindName(*volume_, *directory, name));
  co_return co_await volume_->GetInode(entry.inode);
}

Task<Result<std::vector<ListedName>>> Filesystem::List(InodePtr directory) {
  const AsyncLock::Guard guard = co_await volume_->lock().Shared();
  if (directory->record().links == 0) co_return std::vector<ListedName>();
  co_return co_await ListNames(*volume_, *directory);
}

Task<Result<std::string>> Filesystem::ReadLink(InodePtr symlink) {
  const AsyncLock::Guard guard = co_await volume_->lock().Shared();
  const uint64_t size = symlink->size();
  if (size >= volume_->block_size()) co_return volume_->Damaged("a symlink's length");
  if (IsShortSymlink(*volume_, *symlink)) {
    co_return std::string(reinterpret_cast<const char*>(symlink->record().block), size);
  }
  StringSink sink(size);
  CO_ASSIGN(const size_t got, co_await ReadBytes(*volume_, *symlink, 0, sink));
  if (got != size) co_return Errno::kIo;
  co_return std::move(sink.text);
}

std::optional<Result<size_t>> Filesystem::ReadNow(Inode& inode, uint64_t offset, ByteSink& sink) {
  if (!volume_->lock().IsFreeForReaders()) return std::nullopt;
  return ReadBytesNow(*volume_, inode, offset, sink);
}

Task<Result<size_t>> Filesystem::Read(InodePtr inode, uint64_t offset, ByteSink& sink) {
  const AsyncLock::Guard guard = co_await volume_->lock().Shared();
  co_return co_await ReadBytes(*volume_, *inode, offset, sink);
}

namespace {

Background LoadAhead(std::shared_ptr<Volume> volume, InodePtr inode, uint64_t offset,
                     uint64_t size) {
  const AsyncLock::Guard guard = co_await volume->lock().Shared();
  (co_await LoadBytes(*volume, *inode, offset, size)).ok();  // whoever reads is told of trouble
}

}  // namespace

void Filesystem::WillRead(const InodePtr& inode, uint64_t offset, uint64_t size) {
  LoadAhead(volume_, inode, offset, size);
}

Task<Result<uint64_t>> Filesystem::SeekSparse(InodePtr inode, uint64_t offset, SparseSeek what) {
  const AsyncLock::Guard guard = co_await volume_->lock().Shared();
  if (offset >= inode->size()) co_return Errno::kNxio;
  co_return co_await SeekBytes(*volume_, *inode, offset,
                               what == SparseSeek::kData ? Seek::kData : Seek::kHole);
}

Task<Result<std::vector<Attribute>>> Filesystem::Attributes(InodePtr inode) {
  const AsyncLock::Guard guard = co_await volume_->lock().Shared();
  co_return co_await ListAttributes(*volume_, *inode);
}

// ---- Changing ----

Task<Result<size_t>> Filesystem::WriteChunk(InodePtr inode, uint64_t offset,
                                            std::vector<uint8_t> bytes) {
  const auto work = [&] { return WriteBytes(*volume_, inode, offset, bytes.data(), bytes.size()); };
  co_return co_await InTurn(*volume_, work);
}

Task<Result<size_t>> Filesystem::Write(InodePtr inode, uint64_t offset, ByteSource& source) {
  if (read_only()) co_return Errno::kRoFs;
  size_t done = 0;
  while (source.remaining() > 0) {
    // Up to a block's border, so that a long write's pieces are whole blocks.
    const uint64_t piece =
        std::min<uint64_t>(source.remaining(), kWriteChunk - offset % volume_->block_size());
    std::vector<uint8_t> bytes(piece);
    const Result<size_t> taken = source.Take(bytes.data(), bytes.size());
    if (!taken.ok()) {
      if (done > 0) co_return done;
      co_return taken.error();
    }
    if (*taken == 0) break;
    bytes.resize(*taken);
    const Result<size_t> written = co_await Detach(WriteChunk(inode, offset, std::move(bytes)));
    if (!written.ok()) {
      if (done > 0) co_return done;
      co_return written.error();
    }
    done += *written;
    offset += *written;
    if (*written < *taken || *taken < piece) break;
  }
  co_return done;
}

namespace {

Task<Status> ApplyChange(Volume& volume, const InodePtr& inode, const InodeChange& change) {
  if (change.size.has_value()) {
    if (!inode->is_regular()) co_return inode->is_directory() ? Errno::kIsDir : Errno::kInval;
    CO_TRY(co_await SetSize(volume, inode, *change.size));
  }
  InodeRecord& record = inode->record();
  if (change.permissions.has_value()) {
    record.mode =
        static_cast<uint16_t>((record.mode & kModeTypeMask) | (*change.permissions & 07777));
  }
  inode->set_owner(change.uid.value_or(inode->uid()), change.gid.value_or(inode->gid()));
  if (change.accessed.has_value()) inode->set_time(Inode::Time::kAccess, *change.accessed);
  if (change.modified.has_value()) inode->set_time(Inode::Time::kModify, *change.modified);
  inode->set_time(Inode::Time::kChange, volume.Now());
  co_return co_await volume.SaveInode(*inode);
}

Task<Status> ApplyAllocation(Volume& volume, const InodePtr& inode, uint64_t offset, uint64_t size,
                             Preallocation how) {
  if (!inode->is_regular()) co_return Errno::kNoDev;
  const bool clears = how != Preallocation::kExtend && how != Preallocation::kKeepSize;
  const bool extends = how == Preallocation::kExtend || how == Preallocation::kZero;
  if (clears && how != Preallocation::kPunchHole && !inode->uses_extents()) {
    co_return Errno::kOpNotSupp;
  }
  if (clears) {
    const uint64_t end = std::min(offset + size, inode->size());
    if (offset < end) CO_TRY(co_await PunchHole(volume, inode, offset, end - offset));
  }
  if (how != Preallocation::kPunchHole) {
    CO_TRY(co_await Preallocate(volume, inode, offset, size));
  }
  if (extends && offset + size > inode->size()) {
    co_return co_await SetSize(volume, inode, offset + size);
  }
  co_return kOk;
}

Task<Status> ChangeInTurn(std::shared_ptr<Volume> volume, InodePtr inode, InodeChange change) {
  const auto work = [&] { return ApplyChange(*volume, inode, change); };
  co_return co_await InTurn(*volume, work);
}

Task<Status> ChangeAttributeInTurn(std::shared_ptr<Volume> volume, InodePtr inode, std::string name,
                                   std::optional<std::string> value, AttributeSetting how) {
  const auto work = [&] { return SetAttribute(*volume, *inode, name, value, how); };
  co_return co_await InTurn(*volume, work);
}

Task<Status> AllocateInTurn(std::shared_ptr<Volume> volume, InodePtr inode, uint64_t offset,
                            uint64_t size, Preallocation how) {
  const auto work = [&] { return ApplyAllocation(*volume, inode, offset, size, how); };
  co_return co_await InTurn(*volume, work);
}

Task<Result<InodePtr>> CreateInTurn(std::shared_ptr<Volume> volume, InodePtr directory,
                                    std::string name, InodeRequest request) {
  const auto work = [&] {
    return name.empty() ? MakeUnnamed(*volume, *directory, request)
                        : MakeNode(*volume, *directory, name, request);
  };
  co_return co_await InTurn(*volume, work);
}

Task<Result<InodePtr>> SymlinkInTurn(std::shared_ptr<Volume> volume, InodePtr directory,
                                     std::string name, std::string target, InodeRequest request) {
  const auto work = [&] { return MakeSymlink(*volume, *directory, name, target, request); };
  co_return co_await InTurn(*volume, work);
}

Task<Status> LinkInTurn(std::shared_ptr<Volume> volume, InodePtr directory, std::string name,
                        InodePtr inode) {
  const auto work = [&] { return LinkInode(*volume, *directory, name, inode); };
  co_return co_await InTurn(*volume, work);
}

Task<Status> UnlinkInTurn(std::shared_ptr<Volume> volume, InodePtr directory, std::string name) {
  const auto work = [&] { return UnlinkName(*volume, *directory, name); };
  co_return co_await InTurn(*volume, work);
}

Task<Status> RemoveDirectoryInTurn(std::shared_ptr<Volume> volume, InodePtr directory,
                                   std::string name) {
  const auto work = [&] { return ext::RemoveDirectory(*volume, *directory, name); };
  co_return co_await InTurn(*volume, work);
}

Task<Status> RenameInTurn(std::shared_ptr<Volume> volume, InodePtr from, std::string name,
                          InodePtr to, std::string to_name, RenameMode mode) {
  const auto work = [&] { return RenameName(*volume, *from, name, *to, to_name, mode); };
  co_return co_await InTurn(*volume, work);
}

Task<Status> SyncInTurn(std::shared_ptr<Volume> volume) {
  const AsyncLock::Guard guard = co_await volume->lock().Exclusive();
  if (volume->read_only()) co_return kOk;
  co_return co_await volume->Commit();
}

blockfs::Background ReleaseInTurn(std::shared_ptr<Volume> volume, InodePtr inode) {
  Result<Volume::Operation> operation = co_await volume->Begin();
  if (!operation.ok()) co_return;
  // The orphan list holds it, too. Whoever else does will release it.
  const long mine = inode->orphan ? 2 : 1;
  if (inode->record().links > 0 || inode.use_count() > mine) {
    volume->End(*operation, Status(kOk)).ok();
    co_return;
  }
  const Status status = co_await ReleaseInode(*volume, inode);
  volume->End(*operation, status).ok();
}

}  // namespace

Task<Status> Filesystem::Change(InodePtr inode, InodeChange change) {
  return Detach(ChangeInTurn(volume_, std::move(inode), change));
}

Task<Status> Filesystem::ChangeAttribute(InodePtr inode, std::string name,
                                         std::optional<std::string> value, AttributeSetting how) {
  return Detach(
      ChangeAttributeInTurn(volume_, std::move(inode), std::move(name), std::move(value), how));
}

Task<Status> Filesystem::Allocate(InodePtr inode, uint64_t offset, uint64_t size,
                                  Preallocation how) {
  if (offset > INT64_MAX || size > INT64_MAX - offset) return Errno::kFBig;
  return Detach(AllocateInTurn(volume_, std::move(inode), offset, size, how));
}

Task<Result<InodePtr>> Filesystem::Create(InodePtr directory, std::string name,
                                          InodeRequest request) {
  return Detach(CreateInTurn(volume_, std::move(directory), std::move(name), request));
}

Task<Result<InodePtr>> Filesystem::CreateUnnamed(InodePtr near, InodeRequest request) {
  return Detach(CreateInTurn(volume_, std::move(near), std::string(), request));
}

Task<Result<InodePtr>> Filesystem::Symlink(InodePtr directory, std::string name, std::string target,
                                           InodeRequest request) {
  return Detach(
      SymlinkInTurn(volume_, std::move(directory), std::move(name), std::move(target), request));
}

Task<Status> Filesystem::Link(InodePtr directory, std::string name, InodePtr inode) {
  return Detach(LinkInTurn(volume_, std::move(directory), std::move(name), std::move(inode)));
}

Task<Status> Filesystem::Unlink(InodePtr directory, std::string name) {
  return Detach(UnlinkInTurn(volume_, std::move(directory), std::move(name)));
}

Task<Status> Filesystem::RemoveDirectory(InodePtr directory, std::string name) {
  return Detach(RemoveDirectoryInTurn(volume_, std::move(directory), std::move(name)));
}

Task<Status> Filesystem::Rename(InodePtr from, std::string name, InodePtr to, std::string to_name,
                                RenameMode mode) {
  return Detach(RenameInTurn(volume_, std::move(from), std::move(name), std::move(to),
                             std::move(to_name), mode));
}

Task<Status> Filesystem::Sync() { return Detach(SyncInTurn(volume_)); }

void Filesystem::Release(InodePtr inode) {
  if (inode->record().links > 0 || inode->deleted || read_only()) return;
  ReleaseInTurn(volume_, std::move(inode));
}

void Filesystem::NoteAccess(const InodePtr& inode) {
  if (read_only() || inode->record().links == 0) return;
  const Nanoseconds accessed = inode->time(Inode::Time::kAccess);
  const bool tells_nothing =
      accessed > inode->time(Inode::Time::kModify) && accessed > inode->time(Inode::Time::kChange);
  // That a day has passed is seen a few reads later: asking the clock each time is dear.
  if (tells_nothing && inode->accesses++ % kAccessesPerLook != 0) return;
  const Nanoseconds now = volume_->Now();
  if (tells_nothing && now - accessed < kDay) return;
  inode->set_time(Inode::Time::kAccess, now);
  volume_->access_times[inode->number()] = inode;
}

}  // namespace elfin::ext
