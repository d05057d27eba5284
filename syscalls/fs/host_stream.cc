#include "syscalls/fs/host_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "syscalls/abi/fcntl.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"

namespace elfin::fs {
namespace {

using kernel::HostStreamKind;
using vfs::IoOptions;

constexpr size_t kChunk = 65536;

abi::Termios DefaultSettings() {
  abi::Termios settings{};
  settings.input_flags = abi::kICrNl | abi::kIXon | abi::kIUtf8;
  settings.output_flags = abi::kOPost | abi::kONlCr;
  settings.control_flags = abi::kB38400 | abi::kCs8 | abi::kCRead;
  settings.local_flags = abi::kISig | abi::kICanon | abi::kEcho | abi::kEchoE | abi::kEchoK |
                         abi::kEchoCtl | abi::kEchoKe | abi::kIExten;
  static constexpr uint8_t kControl[] = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22};
  std::copy(std::begin(kControl), std::end(kControl), settings.control);
  return settings;
}

/// Settings of the one host terminal, shared by all streams that are it.
class HostTerminal final : public vfs::Terminal {
 public:
  HostTerminal(kernel::Host& host, uint32_t stream) : host_(host), stream_(stream) {}
  abi::Termios settings() const override { return settings_; }
  void SetSettings(const abi::Termios& settings) override { settings_ = settings; }
  abi::WindowSize window_size() override {
    const kernel::Host::WindowSize size = host_.TerminalSize(stream_);
    return {size.rows, size.columns, 0, 0};
  }
  void SetWindowSize(const abi::WindowSize&) override {}  // it is the host's to say

 private:
  kernel::Host& host_;
  uint32_t stream_;
  abi::Termios settings_ = DefaultSettings();
};

/// One host stream. Bytes that poll had to fetch, in order to know that there are some, wait in
/// `ahead`.
struct Stream {
  uint32_t number = 0;
  HostStreamKind kind = HostStreamKind::kNull;
  std::vector<uint8_t> ahead;
  bool ended = false;
};

class StreamFs final : public vfs::Filesystem {
 public:
  explicit StreamFs(kernel::Kernel& the_kernel);
  std::string_view type() const override { return "hoststreams"; }
  InodePtr root() override { return nullptr; }
  vfs::FilesystemInfo Info() override { return {}; }

  kernel::Kernel& kernel;
  std::array<Stream, 3> streams;
  std::unique_ptr<HostTerminal> terminal;  // of the first stream that is one
};

StreamFs::StreamFs(kernel::Kernel& the_kernel) : kernel(the_kernel) {
  for (uint32_t number = 0; number < streams.size(); ++number) {
    streams[number].number = number;
    streams[number].kind = kernel.host().StreamKind(number);
    if (streams[number].kind == HostStreamKind::kTerminal && terminal == nullptr) {
      terminal = std::make_unique<HostTerminal>(kernel.host(), number);
    }
  }
}

class StreamFile final : public vfs::File {
 public:
  StreamFile(StreamFs& filesystem, Stream& input, Stream& output, vfs::Path path, uint32_t flags)
      : File(std::move(path), flags), fs_(filesystem), input_(input), output_(output) {}

  Task<Result<size_t>> Read(vfs::DataSink& sink, IoOptions options) override;
  Task<Result<size_t>> Write(vfs::DataSource& source, IoOptions options) override;
  Task<Result<uint64_t>> Seek(int64_t, int32_t) override;
  Task<Status> Truncate(uint64_t) override { return Errno::kInval; }
  Task<Status> Sync() override {
    return output_.kind == HostStreamKind::kFile ? Status(kOk) : Status(Errno::kInval);
  }
  uint32_t Poll() override;
  kernel::WaitQueue* wait_queue() override {
    return &fs_.kernel.stream_queue(readable() ? input_.number : output_.number);
  }
  Result<uint64_t> BytesReadable() override {
    FetchAhead();
    return input_.ahead.size();
  }
  vfs::Terminal* terminal() override {
    return input_.kind == HostStreamKind::kTerminal ? fs_.terminal.get() : nullptr;
  }

 private:
  void FetchAhead();
  Result<size_t> ReadOnce(vfs::DataSink& sink);

  StreamFs& fs_;
  Stream& input_;  // for a terminal both ways, otherwise the same
  Stream& output_;
};

Result<size_t> StreamFile::ReadOnce(vfs::DataSink& sink) {
  if (!input_.ahead.empty()) {
    const size_t wanted =
        static_cast<size_t>(std::min<uint64_t>(sink.remaining(), input_.ahead.size()));
    const size_t size = TRY(sink.Put(input_.ahead.data(), wanted));
    input_.ahead.erase(input_.ahead.begin(), input_.ahead.begin() + static_cast<ptrdiff_t>(size));
    return size;
  }
  if (std::exchange(input_.ended, false)) return size_t{0};
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min<uint64_t>(sink.remaining(), kChunk)));
  const size_t size = TRY(fs_.kernel.host().ReadStream(input_.number, bytes.data(), bytes.size()));
  if (size == 0) return size_t{0};
  const Result<size_t> put = sink.Put(bytes.data(), size);
  // What the guest's memory would not take must not be lost.
  const size_t taken = put.ok() ? put.value() : 0;
  input_.ahead.assign(bytes.begin() + static_cast<ptrdiff_t>(taken),
                      bytes.begin() + static_cast<ptrdiff_t>(size));
  return put;
}

Task<Result<size_t>> StreamFile::Read(vfs::DataSink& sink, IoOptions options) {
  if (sink.remaining() == 0) co_return size_t{0};
  for (;;) {
    const Result<size_t> read = ReadOnce(sink);
    if (read.ok() || read.error() != Errno::kAgain) co_return read;
    if (options.nonblocking || options.waiter == nullptr) co_return Errno::kAgain;
    CO_TRY(co_await fs_.kernel.stream_queue(input_.number).Wait(*options.waiter));
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
          fs_.kernel.host().WriteStream(output_.number, bytes.data() + sent, taken.value() - sent);
      if (wrote.ok()) {
        sent += wrote.value();
        continue;
      }
      const size_t total = done + sent;
      if (wrote.error() != Errno::kAgain || options.nonblocking || options.waiter == nullptr) {
        co_return total > 0 ? Result<size_t>(total) : wrote;
      }
      const Status waited = co_await fs_.kernel.stream_queue(output_.number).Wait(*options.waiter);
      if (!waited.ok()) co_return total > 0 ? Result<size_t>(total) : waited.error();
    }
    done += sent;
    if (taken.value() < wanted) break;
  }
  co_return done;
}

Task<Result<uint64_t>> StreamFile::Seek(int64_t, int32_t) {
  // The null device is at 0 whatever one does; all else has no positions.
  if (input_.kind == HostStreamKind::kNull) return uint64_t{0};
  return Errno::kSPipe;
}

void StreamFile::FetchAhead() {
  if (!readable() || !input_.ahead.empty() || input_.ended) return;
  std::vector<uint8_t> bytes(4096);
  const Result<size_t> read =
      fs_.kernel.host().ReadStream(input_.number, bytes.data(), bytes.size());
  if (!read.ok()) return;
  if (read.value() == 0) input_.ended = true;
  bytes.resize(read.value());
  input_.ahead = std::move(bytes);
}

uint32_t StreamFile::Poll() {
  uint32_t ready = 0;
  if (writable()) ready |= vfs::kPollOut | vfs::kPollWriteNormal;
  if (!readable()) return ready;
  FetchAhead();
  if (!input_.ahead.empty()) ready |= vfs::kPollIn | vfs::kPollReadNormal;
  if (input_.ended) {
    ready |=
        input_.kind == HostStreamKind::kPipe ? vfs::kPollHup : vfs::kPollIn | vfs::kPollReadNormal;
  }
  return ready;
}

class StreamInode final : public vfs::Inode {
 public:
  StreamInode(StreamFs& filesystem, uint32_t number) : fs_(filesystem), number_(number) {
    attributes_.accessed = attributes_.modified = attributes_.changed = Now(fs_.kernel.host());
    attributes_.inode = number_ + 1;
    attributes_.type = type();
    attributes_.permissions = kind() == HostStreamKind::kNull ? 0666 : 0600;
    if (kind() == HostStreamKind::kTerminal) {
      attributes_.rdev = vfs::MakeDevice(136, 0);
      attributes_.permissions = 0620;
      attributes_.block_size = 1024;
      attributes_.inode = 3;  // one terminal, whichever stream it is seen through
    }
    if (kind() == HostStreamKind::kNull) attributes_.rdev = vfs::MakeDevice(1, 3);
  }
  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override {
    switch (kind()) {
      case HostStreamKind::kPipe:
        return FileType::kFifo;
      case HostStreamKind::kFile:
        return FileType::kRegular;
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
    return OpenStream(path, flags);
  }

  vfs::FilePtr OpenStream(const vfs::Path& path, uint32_t flags) {
    Stream& self = fs_.streams[number_];
    const bool terminal = kind() == HostStreamKind::kTerminal;
    Stream& input = terminal && fs_.streams[0].kind == kind() ? fs_.streams[0] : self;
    // A terminal that is only standard input is written through it all the same: to where 1 or 2
    // go.
    Stream& output = terminal && number_ == 0 ? OutputOfTerminal() : self;
    return std::make_shared<StreamFile>(fs_, input, output, path, flags);
  }

 private:
  HostStreamKind kind() const { return fs_.streams[number_].kind; }
  Stream& OutputOfTerminal() {
    if (fs_.streams[1].kind == HostStreamKind::kTerminal) return fs_.streams[1];
    return fs_.streams[2].kind == HostStreamKind::kTerminal ? fs_.streams[2] : fs_.streams[1];
  }

  StreamFs& fs_;
  uint32_t number_;
  Attributes attributes_;
};

std::string StreamName(const Stream& stream) {
  switch (stream.kind) {
    case HostStreamKind::kTerminal:
      return "/dev/pts/0";
    case HostStreamKind::kNull:
      return "/dev/null";
    case HostStreamKind::kFile:
      return "file:[" + std::to_string(stream.number) + "]";
    case HostStreamKind::kPipe:
      break;
  }
  return "pipe:[" + std::to_string(stream.number) + "]";
}

StreamFs& FindOrAdd(kernel::Kernel& kernel) {
  vfs::MountTable& mounts = *kernel.mounts;
  vfs::MountPtr mount = mounts.FindPseudo("hoststreams");
  if (mount == nullptr) mount = mounts.AddPseudo(std::make_shared<StreamFs>(kernel));
  return static_cast<StreamFs&>(*mount->filesystem);
}

vfs::Path StreamPath(kernel::Kernel& kernel, StreamFs& filesystem, uint32_t number) {
  auto inode = std::make_shared<StreamInode>(filesystem, number);
  return {kernel.mounts->FindPseudo("hoststreams"),
          vfs::Dentry::MakeRoot(inode, StreamName(filesystem.streams[number]))};
}

}  // namespace

std::vector<vfs::FilePtr> OpenHostStreams(kernel::Kernel& kernel) {
  StreamFs& filesystem = FindOrAdd(kernel);
  std::vector<vfs::FilePtr> files;
  for (uint32_t number = 0; number < 3; ++number) {
    const vfs::Path path = StreamPath(kernel, filesystem, number);
    const bool terminal = filesystem.streams[number].kind == HostStreamKind::kTerminal;
    const uint32_t one_way = number == 0 ? abi::kORdOnly : abi::kOWrOnly;
    files.push_back(static_cast<StreamInode&>(*path.inode())
                        .OpenStream(path, terminal ? abi::kORdWr : one_way));
  }
  return files;
}

Result<vfs::FilePtr> OpenHostTerminal(const vfs::Caller& caller, const vfs::Path& path,
                                      uint32_t flags) {
  if (caller.process == nullptr) return Errno::kNxio;
  kernel::Kernel& kernel = caller.process->kernel;
  StreamFs& filesystem = FindOrAdd(kernel);
  for (uint32_t number = 0; number < 3; ++number) {
    if (filesystem.streams[number].kind != HostStreamKind::kTerminal) continue;
    const vfs::Path stream = StreamPath(kernel, filesystem, number);
    return static_cast<StreamInode&>(*stream.inode()).OpenStream(path, flags);
  }
  return Errno::kNxio;
}

}  // namespace elfin::fs
