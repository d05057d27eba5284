#include "syscalls/fs/pipe.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "runtime/base/types.h"
#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/pseudo_fs.h"

namespace elfin::fs {

Result<uint64_t> Pipe::SetCapacity(uint64_t capacity) {
  if (capacity > kPipeMaxCapacity) return Errno::kPerm;
  const uint64_t rounded = std::bit_ceil(std::max(capacity, kPageSize));
  if (used_ > rounded) return Errno::kBusy;
  std::vector<uint8_t> ring(rounded);
  for (uint64_t i = 0; i < used_; ++i) ring[i] = ring_[(begin_ + i) % ring_.size()];
  ring_ = std::move(ring);
  begin_ = 0;
  changed.WakeAll();
  return rounded;
}

Result<size_t> Pipe::Take(vfs::DataSink& to) {
  const bool was_full = room() < kPipeBuf;
  uint64_t done = 0;
  while (used_ > 0 && to.remaining() > 0) {
    const uint64_t piece = std::min({used_, ring_.size() - begin_, to.remaining()});
    const Result<size_t> put = to.Put(&ring_[begin_], piece);
    if (!put.ok()) {
      if (done == 0) return put.error();
      break;
    }
    begin_ = (begin_ + put.value()) % ring_.size();
    used_ -= put.value();
    done += put.value();
    if (put.value() < piece) break;
  }
  if (done > 0) changed.WakeAll(was_full ? vfs::kPollCanWrite : 0);
  return static_cast<size_t>(done);
}

Result<size_t> Pipe::Put(vfs::DataSource& from, uint64_t limit) {
  uint64_t done = 0;
  while (room() > 0 && done < limit && from.remaining() > 0) {
    const uint64_t end = (begin_ + used_) % ring_.size();
    const uint64_t piece = std::min({room(), ring_.size() - end, from.remaining(), limit - done});
    const Result<size_t> taken = from.Take(&ring_[end], piece);
    if (!taken.ok()) {
      if (done == 0) return taken.error();
      break;
    }
    used_ += taken.value();
    done += taken.value();
    if (taken.value() < piece) break;
  }
  if (done > 0) changed.WakeAll(vfs::kPollCanRead);
  return static_cast<size_t>(done);
}

size_t Pipe::CopyTo(Pipe& to, uint64_t limit) const {
  const uint64_t size = std::min({used_, to.room(), limit});
  for (uint64_t done = 0; done < size;) {
    const uint64_t begin = (begin_ + done) % ring_.size();
    vfs::MemorySource piece(&ring_[begin], std::min(size - done, ring_.size() - begin));
    done += to.Put(piece, piece.remaining()).value();
  }
  return static_cast<size_t>(size);
}

/// Only pipes have a capacity.
PipeEnd* AsPipeEnd(vfs::File& file) {
  return file.pipe_capacity().has_value() ? static_cast<PipeEnd*>(&file) : nullptr;
}

PipeEnd::PipeEnd(std::shared_ptr<Pipe> pipe, vfs::Path path, uint32_t flags)
    : File(std::move(path), flags), pipe_(std::move(pipe)) {
  if (readable()) ++pipe_->readers, ++pipe_->readers_ever;
  if (writable()) ++pipe_->writers, ++pipe_->writers_ever;
  had_writer_ = pipe_->writers > 0;
  writers_at_open_ = pipe_->writers_ever;
  pipe_->changed.WakeAll();
}

PipeEnd::~PipeEnd() {
  if (readable()) --pipe_->readers;
  if (writable()) --pipe_->writers;
  pipe_->changed.WakeAll();
}

Task<Result<size_t>> PipeEnd::Read(vfs::DataSink& sink, vfs::IoOptions options) {
  if (sink.remaining() == 0) return size_t{0};
  if (pipe_->used() > 0) return pipe_->Take(sink);
  if (pipe_->writers == 0) return size_t{0};
  if (options.nonblocking || options.waiter == nullptr) return Errno::kAgain;
  return ReadWhenThere(sink, options);
}

Task<Result<size_t>> PipeEnd::ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options) {
  while (pipe_->used() == 0) {
    if (pipe_->writers == 0) co_return size_t{0};
    CO_TRY(co_await pipe_->changed.Wait(*options.waiter));
  }
  co_return pipe_->Take(sink);
}

Task<Result<size_t>> PipeEnd::Write(vfs::DataSource& source, vfs::IoOptions options) {
  const uint64_t total = source.remaining();
  const bool waits = !options.nonblocking && options.waiter != nullptr;
  uint64_t done = 0;
  while (done < total) {
    if (pipe_->readers == 0) co_return Errno::kPipe;
    const uint64_t left = total - done;
    const bool atomic = total <= kPipeBuf;
    if (pipe_->room() >= (atomic ? left : 1)) {
      const Result<size_t> put = pipe_->Put(source, left);
      if (!put.ok()) {
        if (done == 0) co_return put.error();
        break;
      }
      done += put.value();
      if (put.value() == 0) break;
      continue;
    }
    if (!waits) {
      if (done == 0) co_return Errno::kAgain;
      break;
    }
    const Status waited = co_await pipe_->changed.Wait(*options.waiter);
    if (!waited.ok()) {
      if (done == 0) co_return waited.error();
      break;
    }
  }
  co_return static_cast<size_t>(done);
}

uint32_t PipeEnd::Poll() {
  uint32_t ready = 0;
  if (readable()) {
    if (pipe_->used() > 0) ready |= vfs::kPollIn | vfs::kPollReadNormal;
    const bool seen_writer = had_writer_ || pipe_->writers_ever != writers_at_open_;
    if (pipe_->writers == 0 && seen_writer) ready |= vfs::kPollHup;
  }
  if (writable()) {
    if (pipe_->room() >= kPipeBuf) ready |= vfs::kPollOut | vfs::kPollWriteNormal;
    if (pipe_->readers == 0) ready |= vfs::kPollErr;
  }
  return ready;
}

Task<Result<vfs::FilePtr>> OpenFifo(std::shared_ptr<Pipe> pipe, const vfs::Caller& caller,
                                    const vfs::Path& path, uint32_t flags) {
  const uint32_t mode = flags & abi::kOAccMode;
  const bool nonblocking = (flags & abi::kONonBlock) != 0 || caller.thread == nullptr;
  if (mode == abi::kOWrOnly && pipe->readers == 0 && nonblocking) co_return Errno::kNxio;
  kernel::Thread* const thread = caller.thread;
  auto end = std::make_shared<PipeEnd>(pipe, path, flags);
  if (mode != abi::kORdWr && !nonblocking) {
    const bool reads = mode == abi::kORdOnly;
    const uint64_t others_before = reads ? pipe->writers_ever : pipe->readers_ever;
    while ((reads ? pipe->writers : pipe->readers) == 0 &&
           (reads ? pipe->writers_ever : pipe->readers_ever) == others_before) {
      CO_TRY(co_await pipe->changed.Wait(*thread));
    }
  }
  co_return vfs::FilePtr(std::move(end));
}

namespace {

class PipeInode final : public vfs::Inode {
 public:
  PipeInode(PseudoFs& filesystem, const Attributes& attributes)
      : fs_(filesystem), attributes_(attributes) {}
  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return FileType::kFifo; }
  Result<Attributes> attributes() override {
    attributes_.device = fs_.device;
    return attributes_;
  }
  Task<Status> SetAttributes(const vfs::AttributeChange& change) override {
    if (change.size.has_value()) return Errno::kInval;
    ApplyChange(change, attributes_.changed, attributes_);
    return kOk;
  }
  /// By /proc/self/fd. Unlike a FIFO's, such an open waits for nobody.
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller&, const vfs::Path& path,
                                  uint32_t flags) override {
    return vfs::FilePtr(std::make_shared<PipeEnd>(pipe_, path, flags));
  }
  const std::shared_ptr<Pipe>& pipe() const { return pipe_; }

 private:
  PseudoFs& fs_;
  Attributes attributes_;
  std::shared_ptr<Pipe> pipe_ = std::make_shared<Pipe>();
};

}  // namespace

PipePair MakePipe(kernel::Host& host, const vfs::Caller& caller, uint32_t flags) {
  constexpr uint64_t kMagic = 0x50495045;
  const vfs::MountPtr mount = FindPseudoFs(caller.mounts, "pipefs", kMagic);
  auto& filesystem = static_cast<PseudoFs&>(*mount->filesystem);
  Attributes attributes;
  attributes.inode = filesystem.next_inode++;
  attributes.type = FileType::kFifo;
  attributes.permissions = 0600;
  attributes.uid = caller.credentials.uid;
  attributes.gid = caller.credentials.gid;
  attributes.accessed = attributes.modified = attributes.changed = Now(host);
  auto inode = std::make_shared<PipeInode>(filesystem, attributes);
  const vfs::Path path{
      mount, vfs::Dentry::MakeRoot(inode, "pipe:[" + std::to_string(attributes.inode) + "]")};
  // Both ends exist before either is looked at: a reader without writer would see the end.
  vfs::FilePtr write_end = std::make_shared<PipeEnd>(inode->pipe(), path, flags | abi::kOWrOnly);
  vfs::FilePtr read_end = std::make_shared<PipeEnd>(inode->pipe(), path, flags | abi::kORdOnly);
  return {std::move(read_end), std::move(write_end)};
}

}  // namespace elfin::fs
