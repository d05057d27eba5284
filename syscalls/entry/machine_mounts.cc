#include "syscalls/entry/machine_mounts.h"

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/hostfs.h"
#include "syscalls/vfs/open.h"
#include "syscalls/vfs/path_walk.h"

namespace elfin::kernel {
namespace {

constexpr size_t kReadPiece = 0x1'0000;

/// The machine's superuser at the root directory.
struct Superuser {
  explicit Superuser(Kernel& kernel)
      : context{kernel.mounts->root(), kernel.mounts->root(), 0},
        caller{*kernel.mounts, context, vfs::Credentials{}, nullptr} {}

  vfs::FsContext context;
  vfs::Caller caller;
};

Status MountOver(Kernel& kernel, const std::string& target, std::unique_ptr<HostFolder> folder,
                 fs::Writable writable) {
  const Superuser root(kernel);
  auto walk = vfs::WalkTo(root.caller, root.context.root, target, vfs::LastSymlink::kFollow);
  if (!walk.ready()) return Errno::kAgain;
  const vfs::Path at = TRY(walk.Take());
  auto filesystem = TRY(fs::HostFs::Make(kernel.host(), std::move(folder)));
  const uint32_t flags = writable == fs::Writable::kNo ? vfs::kMountReadOnly : 0u;
  TRY(kernel.mounts->MountAt(at, std::move(filesystem), flags, "hostfs"));
  return kOk;
}

}  // namespace

Status MountHostFolder(Kernel& kernel, std::string target, std::unique_ptr<HostFolder> folder,
                       fs::Writable writable) {
  if (kernel.mounts != nullptr) return MountOver(kernel, target, std::move(folder), writable);
  if (target != "/") return Errno::kInval;
  kernel.mounts = TRY(fs::MakeHostTree(kernel, std::move(folder), writable, "hostfs"));
  return kOk;
}

Task<Result<std::string>> ReadWholeFile(Kernel& kernel, std::string path) {
  const Superuser root(kernel);
  vfs::OpenRequest request;
  request.flags = abi::kORdOnly;
  CO_ASSIGN(const vfs::FilePtr file,
            co_await vfs::OpenPath(root.caller, root.context.root, path, request));
  std::string bytes;
  for (;;) {
    const size_t have = bytes.size();
    bytes.resize(have + kReadPiece);
    vfs::MemorySink sink(bytes.data() + have, kReadPiece);
    CO_ASSIGN(const size_t count, co_await file->Read(sink, {}));
    bytes.resize(have + count);
    if (count == 0) co_return bytes;
  }
}

Task<Status> WriteWholeFile(Kernel& kernel, std::string path, std::string bytes, uint32_t mode) {
  const Superuser root(kernel);
  vfs::OpenRequest request;
  request.flags = abi::kOWrOnly | abi::kOCreat | abi::kOTrunc;
  request.mode = mode;
  CO_ASSIGN(const vfs::FilePtr file,
            co_await vfs::OpenPath(root.caller, root.context.root, path, request));
  vfs::MemorySource source(bytes);
  while (source.remaining() > 0) CO_TRY(co_await file->Write(source, {}));
  co_return kOk;
}

}  // namespace elfin::kernel
