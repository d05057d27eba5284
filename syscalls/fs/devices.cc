#include "syscalls/fs/devices.h"

#include <algorithm>

#include "syscalls/fs/devpts.h"
#include "syscalls/fs/tmpfs.h"

namespace elfin::fs {
namespace {

using vfs::IoOptions;

/// Takes everything; a device without an own end also has no place in it.
class DeviceFile : public vfs::File {
 public:
  using File::File;
  Task<Result<size_t>> ReadAt(uint64_t, vfs::DataSink& sink, IoOptions options) override {
    return Read(sink, options);
  }
  Task<Result<size_t>> WriteAt(uint64_t, vfs::DataSource& source, IoOptions options) override {
    return Write(source, options);
  }
  Task<Result<uint64_t>> Seek(int64_t, int32_t) override { return uint64_t{0}; }
};

Result<size_t> Swallow(vfs::DataSource& source) { return static_cast<size_t>(source.remaining()); }

class NullFile final : public DeviceFile {
 public:
  using DeviceFile::DeviceFile;
  Task<Result<size_t>> Read(vfs::DataSink&, IoOptions) override { return size_t{0}; }
  Task<Result<size_t>> Write(vfs::DataSource& source, IoOptions) override {
    return Swallow(source);
  }
};

class ZeroFile final : public DeviceFile {
 public:
  using DeviceFile::DeviceFile;
  Task<Result<size_t>> Read(vfs::DataSink& sink, IoOptions) override {
    return sink.PutZeros(sink.remaining());
  }
  Task<Result<size_t>> Write(vfs::DataSource& source, IoOptions) override {
    return Swallow(source);
  }
};

class FullFile final : public DeviceFile {
 public:
  using DeviceFile::DeviceFile;
  Task<Result<size_t>> Read(vfs::DataSink& sink, IoOptions) override {
    return sink.PutZeros(sink.remaining());
  }
  Task<Result<size_t>> Write(vfs::DataSource&, IoOptions) override { return Errno::kNoSpc; }
};

class RandomFile final : public DeviceFile {
 public:
  RandomFile(kernel::Host& host, vfs::Path path, uint32_t flags)
      : DeviceFile(std::move(path), flags), host_(host) {}
  Task<Result<size_t>> Read(vfs::DataSink& sink, IoOptions) override {
    uint8_t bytes[1024];
    size_t done = 0;
    while (sink.remaining() > 0) {
      const size_t piece = static_cast<size_t>(std::min<uint64_t>(sink.remaining(), sizeof(bytes)));
      host_.FillRandom(bytes, piece);
      const Result<size_t> put = sink.Put(bytes, piece);
      if (!put.ok()) return done > 0 ? Result<size_t>(done) : put;
      done += put.value();
      if (put.value() < piece) break;
    }
    return done;
  }
  /// What is written would stir the pool; the host's needs no stirring.
  Task<Result<size_t>> Write(vfs::DataSource& source, IoOptions) override {
    return Swallow(source);
  }

 private:
  kernel::Host& host_;
};

struct NodeRow {
  const char* name;
  uint32_t major;
  uint32_t minor;
  uint32_t permissions;
};
constexpr NodeRow kNodes[] = {
    {"null", 1, 3, 0666},    {"zero", 1, 5, 0666}, {"full", 1, 7, 0666},    {"random", 1, 8, 0666},
    {"urandom", 1, 9, 0666}, {"tty", 5, 0, 0666},  {"console", 5, 1, 0600}, {"ptmx", 5, 2, 0666},
};

struct LinkRow {
  const char* name;
  const char* target;
};
constexpr LinkRow kLinks[] = {
    {"fd", "/proc/self/fd"},
    {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"},
};

}  // namespace

Result<vfs::FilePtr> OpenDevice(kernel::Host& host, uint64_t rdev, const vfs::Caller& caller,
                                const vfs::Path& path, uint32_t flags) {
  switch (rdev) {
    case vfs::MakeDevice(1, 3):
      return vfs::FilePtr(std::make_shared<NullFile>(path, flags));
    case vfs::MakeDevice(1, 5):
      return vfs::FilePtr(std::make_shared<ZeroFile>(path, flags));
    case vfs::MakeDevice(1, 7):
      return vfs::FilePtr(std::make_shared<FullFile>(path, flags));
    case vfs::MakeDevice(1, 8):
    case vfs::MakeDevice(1, 9):
      return vfs::FilePtr(std::make_shared<RandomFile>(host, path, flags));
    case vfs::MakeDevice(5, 0):
    case vfs::MakeDevice(5, 1):
      return OpenControllingTerminal(caller, path, flags);
    case vfs::MakeDevice(5, 2):
      return OpenPtyMaster(caller, path, flags);
    default:
      return Errno::kNxio;
  }
}

vfs::FilesystemPtr MakeDevFs(kernel::Host& host) {
  TmpFs::Options options;
  options.type = "devtmpfs";
  options.root_permissions = 0755;
  std::shared_ptr<TmpFs> filesystem = TmpFs::Make(host, options);
  const InodePtr root = filesystem->root();
  // All tasks of tmpfs are ready at once.
  for (const NodeRow& node : kNodes) {
    const vfs::NewInode what{FileType::kCharacter, node.permissions, 0, 0,
                             vfs::MakeDevice(node.major, node.minor)};
    CHECK(root->Create(node.name, what).Take().ok());
  }
  for (const LinkRow& link : kLinks) {
    const vfs::NewInode owner{FileType::kSymlink, 0777, 0, 0, 0};
    CHECK(root->Symlink(link.name, link.target, owner).Take().ok());
  }
  const vfs::NewInode shm{FileType::kDirectory, 01777, 0, 0, 0};
  CHECK(root->Create("shm", shm).Take().ok());
  const vfs::NewInode pts{FileType::kDirectory, 0755, 0, 0, 0};
  CHECK(root->Create("pts", pts).Take().ok());
  return filesystem;
}

}  // namespace elfin::fs
