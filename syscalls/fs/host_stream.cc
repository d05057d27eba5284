#include "syscalls/fs/host_stream.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/devpts.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/tty/host_terminal.h"
#include "syscalls/tty/tty_file.h"

namespace elfin::fs {
namespace {

using kernel::HostStreamKind;
using vfs::IoOptions;

constexpr size_t kChunk = 65536;

/// One host stream, for as long as files stand for it. Bytes that poll had to fetch, in order to
/// know that there are some, wait in `ahead`.
struct Stream {
  Stream(kernel::Kernel& the_kernel, uint32_t its_number)
      : kernel(the_kernel), number(its_number), kind(kernel.host().StreamKind(number)) {}
  ~Stream() { kernel.CloseStream(number); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  kernel::Kernel& kernel;
  const uint32_t number;
  const HostStreamKind kind;
  std::vector<uint8_t> ahead;
  bool ended = false;
};
using StreamPtr = std::shared_ptr<Stream>;
/// A program's 0, 1 and 2.
using Streams = std::array<StreamPtr, 3>;

class StreamFs final : public vfs::Filesystem {
 public:
  explicit StreamFs(kernel::Kernel& the_kernel) : kernel(the_kernel) {}
  std::string_view type() const override { return "hoststreams"; }
  InodePtr root() override { return nullptr; }
  vfs::FilesystemInfo Info() override { return {}; }

  kernel::Kernel& kernel;
  /// Terminals stay, with those streams that are theirs.
  std::vector<std::unique_ptr<tty::HostTerminal>> terminals;
  std::vector<StreamPtr> terminal_streams;
};

class StreamFile final : public vfs::File {
 public:
  StreamFile(StreamFs& filesystem, StreamPtr stream, vfs::Path path, uint32_t flags)
      : File(std::move(path), flags),
        fs_(filesystem),
        keeps_(std::move(stream)),
        stream_(*keeps_) {}

  Task<Result<size_t>> Read(vfs::DataSink& sink, IoOptions options) override;
  Task<Result<size_t>> Write(vfs::DataSource& source, IoOptions options) override;
  Task<Result<uint64_t>> Seek(int64_t, int32_t) override;
  Task<Status> Truncate(uint64_t) override { return Errno::kInval; }
  Task<Status> Sync() override {
    return stream_.kind == HostStreamKind::kFile ? Status(kOk) : Status(Errno::kInval);
  }
  uint32_t Poll() override;
  kernel::WaitQueue* wait_queue() override { return &fs_.kernel.stream_queue(stream_.number); }
  /// As a FIFO, which is what a file looks like, too.
  bool can_be_watched() override {
    return stream_.kind == HostStreamKind::kPipe || stream_.kind == HostStreamKind::kFile;
  }
  Result<uint64_t> BytesReadable() override {
    FetchAhead();
    return stream_.ahead.size();
  }

 private:
  void FetchAhead();
  Result<size_t> ReadOnce(vfs::DataSink& sink);

  StreamFs& fs_;
  const StreamPtr keeps_;
  Stream& stream_;
};

Result<size_t> StreamFile::ReadOnce(vfs::DataSink& sink) {
  if (!stream_.ahead.empty()) {
    const size_t wanted =
        static_cast<size_t>(std::min<uint64_t>(sink.remaining(), stream_.ahead.size()));
    const size_t size = TRY(sink.Put(stream_.ahead.data(), wanted));
    stream_.ahead.erase(stream_.ahead.begin(),
                        stream_.ahead.begin() + static_cast<ptrdiff_t>(size));
    return size;
  }
  if (std::exchange(stream_.ended, false)) return size_t{0};
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min<uint64_t>(sink.remaining(), kChunk)));
  const size_t size = TRY(fs_.kernel.host().ReadStream(stream_.number, bytes.data(), bytes.size()));
  if (size == 0) return size_t{0};
  const Result<size_t> put = sink.Put(bytes.data(), size);
  // What the guest's memory would not take must not be lost.
  const size_t taken = put.ok() ? put.value() : 0;
  stream_.ahead.assign(bytes.begin() + static_cast<ptrdiff_t>(taken),
                       bytes.begin() + static_cast<ptrdiff_t>(size));
  return put;
}

Task<Result<size_t>> StreamFile::Read(vfs::DataSink& sink, IoOptions options) {
  if (sink.remaining() == 0) co_return size_t{0};
  for (;;) {
    const Result<size_t> read = ReadOnce(sink);
    if (read.ok() || read.error() != Errno::kAgain) co_return read;
    if (options.nonblocking || options.waiter == nullptr) co_return Errno::kAgain;
    CO_TRY(co_await fs_.kernel.stream_queue(stream_.number).Wait(*options.waiter));
  }
}

Task<Result<size_t>> StreamFile::Write(vfs::DataSource& source, IoOptions options) {
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min<uint64_t>(source.remaining(), kChunk)));
  size_t done = 0;
  while (source.remaining() > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(source.remaining(), bytes.size()));
    const Result<size_t> taken = source.Take(bytes.data(), wanted);
    if (!taken.ok()) co_return done > 0 ? Result<size_t>(done) : taken;
    size_t sent = 0;
    while (sent < taken.value()) {
      const Result<size_t> wrote =
          fs_.kernel.host().WriteStream(stream_.number, bytes.data() + sent, taken.value() - sent);
      if (wrote.ok()) {
        sent += wrote.value();
        continue;
      }
      const size_t total = done + sent;
      if (wrote.error() != Errno::kAgain || options.nonblocking || options.waiter == nullptr) {
        co_return total > 0 ? Result<size_t>(total) : wrote;
      }
      const Status waited = co_await fs_.kernel.stream_queue(stream_.number).Wait(*options.waiter);
      if (!waited.ok()) co_return total > 0 ? Result<size_t>(total) : waited.error();
    }
    done += sent;
    if (taken.value() < wanted) break;
  }
  co_return done;
}

Task<Result<uint64_t>> StreamFile::Seek(int64_t, int32_t) {
  // The null device is at 0 whatever one does; all else has no positions.
  if (stream_.kind == HostStreamKind::kNull) return uint64_t{0};
  return Errno::kSPipe;
}

void StreamFile::FetchAhead() {
  if (!readable() || !stream_.ahead.empty() || stream_.ended) return;
  std::vector<uint8_t> bytes(4096);
  const Result<size_t> read =
      fs_.kernel.host().ReadStream(stream_.number, bytes.data(), bytes.size());
  if (!read.ok()) return;
  if (read.value() == 0) stream_.ended = true;
  bytes.resize(read.value());
  stream_.ahead = std::move(bytes);
}

uint32_t StreamFile::Poll() {
  uint32_t ready = 0;
  if (writable()) ready |= vfs::kPollOut | vfs::kPollWriteNormal;
  if (!readable()) return ready;
  FetchAhead();
  if (!stream_.ahead.empty()) ready |= vfs::kPollIn | vfs::kPollReadNormal;
  if (stream_.ended) {
    ready |=
        stream_.kind == HostStreamKind::kPipe ? vfs::kPollHup : vfs::kPollIn | vfs::kPollReadNormal;
  }
  return ready;
}

class StreamInode final : public vfs::Inode {
 public:
  StreamInode(StreamFs& filesystem, StreamPtr stream)
      : fs_(filesystem), stream_(std::move(stream)) {
    attributes_.accessed = attributes_.modified = attributes_.changed = Now(fs_.kernel.host());
    attributes_.inode = stream_->number + 1;
    attributes_.type = type();
    attributes_.permissions = kind() == HostStreamKind::kNull ? 0666 : 0600;
    if (kind() == HostStreamKind::kNull) attributes_.rdev = vfs::MakeDevice(1, 3);
  }
  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override {
    switch (kind()) {
      // What a regular file promises (a size, seeking, mapping) a stream doesn't keep: gzip would
      // find that its input has grown.
      case HostStreamKind::kPipe:
      case HostStreamKind::kFile:
        return FileType::kFifo;
      case HostStreamKind::kTerminal:
      case HostStreamKind::kNull:
        return FileType::kCharacter;
    }
    return FileType::kFifo;
  }
  Result<Attributes> attributes() override {
    attributes_.device = fs_.device;
    return attributes_;
  }
  Task<Status> SetAttributes(const vfs::AttributeChange& change) override {
    if (change.size.has_value()) return *change.size == 0 ? Status(kOk) : Status(Errno::kInval);
    ApplyChange(change, Now(fs_.kernel.host()), attributes_);
    return kOk;
  }
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller&, const vfs::Path& path,
                                  uint32_t flags) override {
    return vfs::FilePtr(std::make_shared<StreamFile>(fs_, stream_, path, flags));
  }

 private:
  HostStreamKind kind() const { return stream_->kind; }

  StreamFs& fs_;
  const StreamPtr stream_;
  Attributes attributes_;
};

std::string StreamName(const Stream& stream) {
  const std::string number = std::to_string(stream.number);
  switch (stream.kind) {
    case HostStreamKind::kNull:
      return "/dev/null";
    case HostStreamKind::kFile:
    case HostStreamKind::kPipe:
    case HostStreamKind::kTerminal:
      break;
  }
  return "pipe:[" + number + "]";
}

StreamFs& FindOrAdd(kernel::Kernel& kernel) {
  vfs::MountTable& mounts = *kernel.mounts;
  vfs::MountPtr mount = mounts.FindPseudo("hoststreams");
  if (mount == nullptr) mount = mounts.AddPseudo(std::make_shared<StreamFs>(kernel));
  return static_cast<StreamFs&>(*mount->filesystem);
}

/// The terminal of a program with such streams: keys come from its standard input, if that is the
/// terminal; what is shown goes to the first of 1, 2 and 0 that is.
std::shared_ptr<tty::Tty> AddTerminal(StreamFs& filesystem, const Streams& streams) {
  auto is_terminal = [&](size_t n) { return streams[n]->kind == HostStreamKind::kTerminal; };
  std::optional<uint32_t> input;
  if (is_terminal(0)) input = streams[0]->number;
  const size_t output = is_terminal(1) ? 1 : is_terminal(2) ? 2 : 0;
  for (size_t n = 0; n < streams.size(); ++n) {
    if (is_terminal(n)) filesystem.terminal_streams.push_back(streams[n]);
  }
  filesystem.terminals.push_back(
      std::make_unique<tty::HostTerminal>(filesystem.kernel, input, streams[output]->number));
  return filesystem.terminals.back()->tty();
}

vfs::FilePtr OpenTerminal(kernel::Process& process, const std::shared_ptr<tty::Tty>& tty) {
  if (tty->session() == 0) tty->BecomeControllingFor(process);
  Result<vfs::Path> path = TerminalPath(process.kernel, tty->number());
  if (!path.ok()) {  // a tree without /dev/pts
    path = vfs::Path{process.kernel.mounts->FindPseudo("hoststreams"),
                     vfs::Dentry::MakeRoot(process.kernel.mounts->root().inode(), "/dev/tty")};
  }
  return std::make_shared<tty::TtyFile>(tty, path.value(), abi::kORdWr);
}

}  // namespace

std::vector<vfs::FilePtr> OpenHostStreams(kernel::Process& process, uint32_t first) {
  StreamFs& filesystem = FindOrAdd(process.kernel);
  Streams streams;
  for (uint32_t n = 0; n < streams.size(); ++n) {
    streams[n] = std::make_shared<Stream>(process.kernel, first + n);
  }
  std::shared_ptr<tty::Tty> terminal;
  std::vector<vfs::FilePtr> files;
  for (const StreamPtr& stream : streams) {
    if (stream->kind == HostStreamKind::kTerminal) {
      if (terminal == nullptr) terminal = AddTerminal(filesystem, streams);
      files.push_back(OpenTerminal(process, terminal));
      continue;
    }
    auto inode = std::make_shared<StreamInode>(filesystem, stream);
    const vfs::Path path{process.kernel.mounts->FindPseudo("hoststreams"),
                         vfs::Dentry::MakeRoot(inode, StreamName(*stream))};
    const uint32_t one_way = stream->number == first ? abi::kORdOnly : abi::kOWrOnly;
    files.push_back(std::make_shared<StreamFile>(filesystem, stream, path, one_way));
  }
  return files;
}

}  // namespace elfin::fs
