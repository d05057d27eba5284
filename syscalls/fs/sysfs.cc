#include "syscalls/fs/sysfs.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/base/check.h"
#include "syscalls/fs/tmpfs.h"
#include "syscalls/net/loopback_interface.h"

namespace elfin::fs {
namespace {

constexpr uint64_t kSysfsMagic = 0x6265'6572;

constexpr const char* kFolders[] = {
    "block",    "bus",      "class/block", "class/net", "class/tty", "dev/block",
    "dev/char", "firmware", "fs",          "module",    "power",     "kernel",
};

struct TextRow {
  const char* path;
  const char* text;
};
constexpr TextRow kTexts[] = {
    {"devices/system/cpu/kernel_max", "0\n"},
    {"devices/system/cpu/offline", "\n"},
    {"devices/system/cpu/online", "0\n"},
    {"devices/system/cpu/possible", "0\n"},
    {"devices/system/cpu/present", "0\n"},
    {"devices/system/cpu/cpu0/topology/core_cpus", "1\n"},
    {"devices/system/cpu/cpu0/topology/core_cpus_list", "0\n"},
    {"devices/system/cpu/cpu0/topology/core_id", "0\n"},
    {"devices/system/cpu/cpu0/topology/core_siblings", "1\n"},
    {"devices/system/cpu/cpu0/topology/core_siblings_list", "0\n"},
    {"devices/system/cpu/cpu0/topology/package_cpus", "1\n"},
    {"devices/system/cpu/cpu0/topology/package_cpus_list", "0\n"},
    {"devices/system/cpu/cpu0/topology/physical_package_id", "0\n"},
    {"devices/system/cpu/cpu0/topology/thread_siblings", "1\n"},
    {"devices/system/cpu/cpu0/topology/thread_siblings_list", "0\n"},
    {"devices/virtual/net/lo/addr_assign_type", "0\n"},
    {"devices/virtual/net/lo/address", "00:00:00:00:00:00\n"},
    {"devices/virtual/net/lo/broadcast", "00:00:00:00:00:00\n"},
    {"devices/virtual/net/lo/carrier", "1\n"},
    {"devices/virtual/net/lo/flags", "0x9\n"},
    {"devices/virtual/net/lo/operstate", "unknown\n"},
    {"kernel/uevent_seqnum", "0\n"},
};

struct NumberRow {
  const char* path;
  uint64_t number;
};
constexpr NumberRow kNumbers[] = {
    {"devices/virtual/net/lo/addr_len", net::loopback::kHardwareAddressSize},
    {"devices/virtual/net/lo/ifindex", net::loopback::kIndex},
    {"devices/virtual/net/lo/iflink", net::loopback::kIndex},
    {"devices/virtual/net/lo/mtu", net::loopback::kMtu},
    {"devices/virtual/net/lo/tx_queue_len", net::loopback::kQueueLength},
    {"devices/virtual/net/lo/type", net::loopback::kHardwareType},
};

// All tasks of tmpfs are ready at once.

InodePtr FolderAt(InodePtr at, std::string_view path) {
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    Result<InodePtr> next = at->Lookup(name).Take();
    if (!next.ok()) next = at->Create(name, {FileType::kDirectory, 0755, 0, 0, 0}).Take();
    CHECK(next.ok());
    at = next.value();
  }
  return at;
}

void PutText(const InodePtr& root, std::string_view path, std::string_view text) {
  const size_t slash = path.rfind('/');
  const InodePtr folder = FolderAt(root, path.substr(0, slash));
  Result<InodePtr> file =
      folder->Create(path.substr(slash + 1), {FileType::kRegular, 0444, 0, 0, 0}).Take();
  CHECK(file.ok());
  vfs::MemorySource source(text);
  CHECK(file.value()->WriteAt(0, source).Take().ok());
}

void PutLink(const InodePtr& root, std::string_view folder, std::string_view name,
             std::string_view target) {
  const vfs::NewInode owner{FileType::kSymlink, 0777, 0, 0, 0};
  CHECK(FolderAt(root, folder)->Symlink(name, target, owner).Take().ok());
}

}  // namespace

vfs::FilesystemPtr MakeSysFs(kernel::Host& host) {
  TmpFs::Options options;
  options.type = "sysfs";
  options.magic = kSysfsMagic;
  options.root_permissions = 0555;
  std::shared_ptr<TmpFs> filesystem = TmpFs::Make(host, options);
  const InodePtr root = filesystem->root();
  for (const char* folder : kFolders) FolderAt(root, folder);
  for (const TextRow& row : kTexts) PutText(root, row.path, row.text);
  for (const NumberRow& row : kNumbers) PutText(root, row.path, std::to_string(row.number) + "\n");
  PutLink(root, "class/net", "lo", "../../devices/virtual/net/lo");
  return filesystem;
}

}  // namespace elfin::fs
