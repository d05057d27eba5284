#include "syscalls/entry/machine_mounts.h"

#include <utility>
#include <vector>

#include "blockfs/devices/memory_device.h"
#include "blockfs/overlay/overlay_device.h"
#include "syscalls/entry/superuser.h"
#include "syscalls/fs/extfs.h"
#include "syscalls/fs/hostfs.h"
#include "syscalls/vfs/path_walk.h"

namespace elfin::kernel {
namespace {

Task<Status> MountOver(Kernel& kernel, std::string target, std::unique_ptr<HostFolder> folder,
                       fs::Writable writable) {
  const Superuser root(kernel);
  CO_ASSIGN(const vfs::Path at, co_await vfs::WalkTo(root.caller, root.context.root, target,
                                                     vfs::LastSymlink::kFollow));
  CO_ASSIGN(auto filesystem, fs::HostFs::Make(kernel.host(), std::move(folder)));
  const uint32_t flags = writable == fs::Writable::kNo ? vfs::kMountReadOnly : 0u;
  CO_TRY(kernel.mounts->MountAt(at, std::move(filesystem), flags, "hostfs"));
  co_return kOk;
}

}  // namespace

Task<Status> MountHostFolder(Kernel& kernel, std::string target, std::unique_ptr<HostFolder> folder,
                             fs::Writable writable) {
  if (kernel.mounts != nullptr) {
    return MountOver(kernel, std::move(target), std::move(folder), writable);
  }
  if (target != "/") return Errno::kInval;
  kernel.mounts = TRY(fs::MakeHostTree(kernel, std::move(folder), writable, "hostfs"));
  return kOk;
}

Task<Status> UnmountHostFolder(Kernel& kernel, std::string target) {
  const Superuser root(kernel);
  CO_ASSIGN(vfs::Path at, co_await vfs::WalkTo(root.caller, root.context.root, target,
                                               vfs::LastSymlink::kFollow));
  if (at.dentry != at.mount->root || at.mount->filesystem->type() != "hostfs") {
    co_return Errno::kInval;
  }
  CO_TRY(co_await at.mount->filesystem->Sync());
  // Every open file and working directory holds the root; besides them this path and the mount.
  constexpr int64_t kUnused = 2;
  if (at.dentry.use_count() > kUnused) co_return Errno::kBusy;
  co_return kernel.mounts->Unmount(at);
}

namespace {

/// The disk as it is seen: the image, the overlay's store, and both together.
Task<Result<std::shared_ptr<fs::ExtFs>>> MountExt(Host& host,
                                                  std::unique_ptr<blockfs::BlockDevice> image,
                                                  std::unique_ptr<blockfs::BlockDevice> store,
                                                  bool read_only) {
  using blockfs::OverlayDevice;
  if (store == nullptr) {
    store = std::make_unique<blockfs::MemoryDevice>(OverlayDevice::StoreSize(image->size()));
  }
  CO_ASSIGN(std::unique_ptr<OverlayDevice> overlay, co_await OverlayDevice::Open(*image, *store));
  std::vector<std::unique_ptr<blockfs::BlockDevice>> devices;
  devices.push_back(std::move(image));
  devices.push_back(std::move(store));
  devices.push_back(std::move(overlay));
  co_return co_await fs::ExtFs::Mount(host, std::move(devices), read_only);
}

}  // namespace

Task<Status> MountImage(Kernel& kernel, std::unique_ptr<blockfs::BlockDevice> image,
                        std::unique_ptr<blockfs::BlockDevice> store, fs::Writable writable,
                        Surroundings surroundings) {
  if (kernel.mounts != nullptr) co_return Errno::kInval;
  const bool read_only = writable == fs::Writable::kNo;
  CO_ASSIGN(const std::shared_ptr<fs::ExtFs> filesystem,
            co_await MountExt(kernel.host(), std::move(image), std::move(store), read_only));
  const uint32_t flags = filesystem->read_only() ? vfs::kMountReadOnly : 0u;
  kernel.mounts = surroundings == Surroundings::kNone
                      ? fs::MakeBareTree(filesystem, flags, "/dev/vda")
                      : fs::MakeTree(kernel, filesystem, flags, "/dev/vda");
  co_return kOk;
}

Task<Status> CloseFilesystems(Kernel& kernel) {
  Status outcome = kOk;
  if (kernel.mounts == nullptr) co_return outcome;
  const std::vector<vfs::MountPtr> mounts = kernel.mounts->mounts();
  for (const vfs::MountPtr& mount : mounts) {
    const Status status = co_await mount->filesystem->Close();
    if (!status.ok()) outcome = status;
  }
  co_return outcome;
}

}  // namespace elfin::kernel
