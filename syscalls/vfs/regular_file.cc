#include "syscalls/vfs/regular_file.h"

#include <algorithm>

#include "syscalls/abi/fcntl.h"
#include "syscalls/vfs/inode_bytes.h"

namespace elfin::vfs {
namespace {

/// At most so many bytes of another source.
class FirstBytes final : public DataSource {
 public:
  FirstBytes(DataSource& source, uint64_t limit) : source_(source), left_(limit) {}
  uint64_t remaining() const override { return std::min(source_.remaining(), left_); }
  Result<size_t> Take(void* to, size_t size) override {
    const size_t taken = TRY(source_.Take(to, std::min<uint64_t>(size, left_)));
    left_ -= taken;
    return taken;
  }

 private:
  DataSource& source_;
  uint64_t left_;
};

}  // namespace

RegularFile::RegularFile(Path path, uint32_t flags) : File(std::move(path), flags) {
  if (writable()) writes_.emplace(inode(), &InodeUses::writers);
}

Task<Result<size_t>> RegularFile::ReadAt(uint64_t offset, DataSink& sink, IoOptions) {
  return Noted(ReadBytes(*inode(), offset, sink));
}

RegularFile::~RegularFile() {
  NotifyFile(path(), writable() ? abi::kInCloseWrite : abi::kInCloseNoWrite);
}

/// Who watches the file learns that it was read. Nobody does, as a rule: then nothing is added.
Task<Result<size_t>> RegularFile::Noted(Task<Result<size_t>> reading) {
  const DentryPtr& parent = path().dentry->parent();
  const bool watched =
      inode()->is_watched() || (parent != nullptr && parent->inode()->is_watched());
  if (!watched) return reading;
  return Tell(std::move(reading));
}

Task<Result<size_t>> RegularFile::Tell(Task<Result<size_t>> reading) {
  CO_ASSIGN(const size_t size, co_await std::move(reading));
  if (size > 0) NotifyFile(path(), abi::kInAccess);
  co_return size;
}

Task<Result<size_t>> RegularFile::Read(DataSink& sink, IoOptions) {
  Task<Result<size_t>> reading = ReadBytes(*inode(), offset_, sink);
  if (reading.ready()) return MoveOn(reading.Take());
  return AwaitRead(std::move(reading));
}

Task<Result<size_t>> RegularFile::AwaitRead(Task<Result<size_t>> reading) {
  co_return MoveOn(co_await std::move(reading));
}

Result<size_t> RegularFile::MoveOn(Result<size_t> read) {
  const size_t size = TRY(read);
  offset_ += size;
  if (size > 0) NotifyFile(path(), abi::kInAccess);
  return size;
}

Task<Result<size_t>> RegularFile::WriteHere(uint64_t offset, DataSource& source,
                                            uint64_t size_limit, bool moves) {
  if (offset >= size_limit && source.remaining() > 0) co_return Errno::kFBig;
  FirstBytes within(source, size_limit - std::min(offset, size_limit));
  CO_ASSIGN(const size_t size, co_await WriteBytes(*inode(), offset, within));
  if (size > 0) NotifyFile(path(), abi::kInModify);
  if (moves) offset_ = offset + size;
  co_return size;
}

Task<Result<size_t>> RegularFile::WriteAt(uint64_t offset, DataSource& source, IoOptions options) {
  if (options.append) offset = TRY(inode()->attributes()).size;
  return WriteHere(offset, source, options.size_limit, /*moves=*/false);
}

Task<Result<size_t>> RegularFile::Write(DataSource& source, IoOptions options) {
  const uint64_t offset = options.append ? TRY(inode()->attributes()).size : offset_;
  return WriteHere(offset, source, options.size_limit, /*moves=*/true);
}

Task<Result<uint64_t>> RegularFile::Seek(int64_t offset, int32_t whence) {
  int64_t target = offset;
  switch (whence) {
    case abi::kSeekSet:
      break;
    case abi::kSeekCur:
      if (__builtin_add_overflow(static_cast<int64_t>(offset_), offset, &target)) {
        co_return Errno::kOverflow;
      }
      break;
    case abi::kSeekEnd: {
      CO_ASSIGN(const Attributes attributes, inode()->attributes());
      if (__builtin_add_overflow(static_cast<int64_t>(attributes.size), offset, &target)) {
        co_return Errno::kOverflow;
      }
      break;
    }
    case abi::kSeekData:
    case abi::kSeekHole: {
      if (offset < 0) co_return Errno::kNxio;
      const SeekKind kind = whence == abi::kSeekData ? SeekKind::kData : SeekKind::kHole;
      CO_ASSIGN(const uint64_t found,
                co_await inode()->SeekSparse(static_cast<uint64_t>(offset), kind));
      target = static_cast<int64_t>(found);
      break;
    }
    default:
      co_return Errno::kInval;
  }
  if (target < 0) co_return Errno::kInval;
  offset_ = static_cast<uint64_t>(target);
  co_return offset_;
}

Task<Status> RegularFile::Truncate(uint64_t size) {
  CO_TRY(co_await SetSize(*inode(), size));
  NotifyFile(path(), abi::kInModify);
  co_return kOk;
}

Task<Status> RegularFile::Allocate(uint64_t offset, uint64_t size, AllocateMode mode) {
  return AllocateBytes(*inode(), offset, size, mode);
}

Task<Status> RegularFile::Sync() { return SyncBytes(*inode()); }

Task<Status> RegularFile::Flush() {
  if (!writable()) return kOk;
  return inode()->Flush();
}

Result<uint64_t> RegularFile::BytesReadable() {
  const Attributes attributes = TRY(inode()->attributes());
  return attributes.size > offset_ ? attributes.size - offset_ : uint64_t{0};
}

DirectoryFile::~DirectoryFile() { NotifyFile(path(), abi::kInCloseNoWrite); }

Task<Result<uint64_t>> DirectoryFile::Seek(int64_t offset, int32_t whence) {
  int64_t target = offset;
  if (whence == abi::kSeekCur) {
    target += static_cast<int64_t>(offset_);
  } else if (whence != abi::kSeekSet) {
    return Errno::kInval;
  }
  if (target < 0) return Errno::kInval;
  offset_ = static_cast<uint64_t>(target);
  return offset_;
}

Result<uint64_t> DirectoryFile::ParentNumber() const {
  const DentryPtr& parent = path().dentry->parent();
  if (parent != nullptr) return TRY(parent->inode()->attributes()).inode;
  // The root of a mount: what it covers knows better.
  const DentryPtr& covered = path().mount->covered;
  const DentryPtr above = covered != nullptr ? covered->parent() : nullptr;
  return TRY((above != nullptr ? above->inode() : inode())->attributes()).inode;
}

Task<Status> DirectoryFile::ReadDirectory(DirectoryVisitor& visitor) {
  struct Advance final : DirectoryVisitor {
    Advance(DirectoryVisitor& to, uint64_t& offset) : to_(to), offset_(offset) {}
    bool Visit(const DirectoryEntry& entry) override {
      DirectoryEntry shifted = entry;
      shifted.next_cookie += 2;
      if (!to_.Visit(shifted)) return false;
      offset_ = shifted.next_cookie;
      return true;
    }
    DirectoryVisitor& to_;
    uint64_t& offset_;
  };
  if (path().dentry->removed()) co_return Errno::kNoEnt;
  if (offset_ == 0) {
    CO_ASSIGN(const Attributes attributes, inode()->attributes());
    const DirectoryEntry entry{".", attributes.inode, FileType::kDirectory, 1};
    if (!visitor.Visit(entry)) co_return kOk;
    offset_ = 1;
  }
  if (offset_ == 1) {
    CO_ASSIGN(const uint64_t parent, ParentNumber());
    const DirectoryEntry entry{"..", parent, FileType::kDirectory, 2};
    if (!visitor.Visit(entry)) co_return kOk;
    offset_ = 2;
  }
  Advance advance(visitor, offset_);
  CO_TRY(co_await stream_->Read(offset_ - 2, advance));
  NotifyFile(path(), abi::kInAccess);
  co_return kOk;
}

}  // namespace elfin::vfs
