#include "syscalls/fs/standard_tree.h"

#include <utility>

#include "runtime/base/check.h"
#include "syscalls/fs/devices.h"
#include "syscalls/fs/devpts.h"
#include "syscalls/fs/hostfs.h"
#include "syscalls/fs/procfs.h"
#include "syscalls/fs/sysfs.h"
#include "syscalls/fs/tmpfs.h"
#include "syscalls/kernel/kernel.h"

namespace elfin::fs {
namespace {

void MountMachine(kernel::Kernel& kernel, vfs::MountTable& mounts) {
  const vfs::Path root = mounts.root();
  CHECK(mounts.MountAtName(root, "proc", MakeProcFs(kernel), 0, "proc").ok());
  constexpr uint32_t kSysFlags =
      vfs::kMountReadOnly | vfs::kMountNoSuid | vfs::kMountNoDev | vfs::kMountNoExec;
  CHECK(mounts.MountAtName(root, "sys", MakeSysFs(kernel.host()), kSysFlags, "sysfs").ok());
  const Result<vfs::Path> dev =
      mounts.MountAtName(root, "dev", MakeDevFs(kernel.host()), vfs::kMountNoSuid, "udev");
  CHECK(dev.ok());
  CHECK(mounts
            .MountAtName(dev.value(), "pts", MakeDevPts(kernel),
                         vfs::kMountNoSuid | vfs::kMountNoExec, "devpts")
            .ok());
  CHECK(mounts
            .MountAtName(dev.value(), "shm", TmpFs::Make(kernel.host(), {}),
                         vfs::kMountNoSuid | vfs::kMountNoDev, "tmpfs")
            .ok());
}

}  // namespace

Result<std::shared_ptr<vfs::MountTable>> MakeHostTree(kernel::Kernel& kernel,
                                                      std::unique_ptr<kernel::HostFolder> folder,
                                                      Writable writable, std::string source) {
  std::shared_ptr<HostFs> filesystem = TRY(HostFs::Make(kernel.host(), std::move(folder)));
  const uint32_t flags = writable == Writable::kNo ? vfs::kMountReadOnly : 0u;
  return MakeTree(kernel, std::move(filesystem), flags, std::move(source));
}

std::shared_ptr<vfs::MountTable> MakeTree(kernel::Kernel& kernel, vfs::FilesystemPtr filesystem,
                                          uint32_t flags, std::string source) {
  auto mounts = std::make_shared<vfs::MountTable>();
  const vfs::Path root = mounts->MountRoot(std::move(filesystem), flags, std::move(source));
  MountMachine(kernel, *mounts);
  if ((flags & vfs::kMountReadOnly) != 0) {
    CHECK(mounts
              ->MountAtName(root, "tmp", TmpFs::Make(kernel.host(), {}),
                            vfs::kMountNoSuid | vfs::kMountNoDev, "tmpfs")
              .ok());
  }
  return mounts;
}

std::shared_ptr<vfs::MountTable> MakeBareTree(vfs::FilesystemPtr filesystem, uint32_t flags,
                                              std::string source) {
  auto mounts = std::make_shared<vfs::MountTable>();
  mounts->MountRoot(std::move(filesystem), flags, std::move(source));
  return mounts;
}

std::shared_ptr<vfs::MountTable> MakeEmptyTree(kernel::Kernel& kernel) {
  auto mounts = std::make_shared<vfs::MountTable>();
  TmpFs::Options options;
  options.root_permissions = 0755;
  mounts->MountRoot(TmpFs::Make(kernel.host(), options), 0, "tmpfs");
  MountMachine(kernel, *mounts);
  return mounts;
}

}  // namespace elfin::fs
