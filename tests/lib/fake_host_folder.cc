#include "tests/lib/fake_host_folder.h"

#include <algorithm>
#include <cstring>

namespace elfin::testing {
namespace {

constexpr uint32_t kDirectory = 0x4000, kRegular = 0x8000, kSymlink = 0xa000, kTypes = 0xf000;
constexpr uint32_t kAccessMode = 3, kCreate = 0100, kExclusive = 0200, kTruncate = 01000;

std::string ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

bool IsBad(std::string_view path) {
  if (path.empty()) return false;
  size_t begin = 0;
  while (begin <= path.size()) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    if (name.empty() || name == "." || name == "..") return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

FakeHostFolder::FakeHostFolder() { Make("", kDirectory | 0755); }

FakeHostFolder::NodePtr FakeHostFolder::Make(const std::string& path, uint32_t mode) {
  auto node = std::make_shared<Node>();
  node->stat.mode = mode;
  node->stat.nlink = 1;
  node->stat.device = 0x801;
  node->stat.inode = next_inode_++;
  nodes_[path] = node;
  return node;
}

void FakeHostFolder::AddFile(const std::string& path, std::string data, uint32_t permissions) {
  Make(path, kRegular | permissions)->data = std::move(data);
}
void FakeHostFolder::AddDirectory(const std::string& path) { Make(path, kDirectory | 0755); }
void FakeHostFolder::AddSymlink(const std::string& path, const std::string& target) {
  Make(path, kSymlink | 0777)->data = target;
}

kernel::HostStat FakeHostFolder::StatOf(const Node& node) {
  kernel::HostStat stat = node.stat;
  stat.size = node.data.size();
  return stat;
}

Result<FakeHostFolder::NodePtr> FakeHostFolder::Find(std::string_view path) {
  if (IsBad(path)) saw_bad_path_ = true;
  const auto found = nodes_.find(std::string(path));
  if (found == nodes_.end()) return Errno::kNoEnt;
  return found->second;
}

Status FakeHostFolder::CheckNew(std::string_view path) {
  if (Find(path).ok()) return Errno::kExist;
  const NodePtr parent = TRY(Find(ParentOf(path)));
  return (parent->stat.mode & kTypes) == kDirectory ? Status(kOk) : Status(Errno::kNotDir);
}

Task<Result<kernel::HostStat>> FakeHostFolder::Stat(std::string_view path) {
  return StatOf(*TRY(Find(path)));
}

Task<Result<std::string>> FakeHostFolder::ReadLink(std::string_view path) {
  const NodePtr node = TRY(Find(path));
  if ((node->stat.mode & kTypes) != kSymlink) return Errno::kInval;
  return node->data;
}

Task<Result<std::vector<kernel::HostDirEntry>>> FakeHostFolder::List(std::string_view path) {
  TRY(Find(path));
  std::vector<kernel::HostDirEntry> entries;
  for (const auto& [name, node] : nodes_) {
    if (name.empty() || ParentOf(name) != path) continue;
    const std::string last = path.empty() ? name : name.substr(path.size() + 1);
    entries.push_back({last, node->stat.inode, static_cast<uint8_t>(node->stat.mode >> 12)});
  }
  return entries;
}

Task<Result<uint32_t>> FakeHostFolder::Open(std::string_view path, uint32_t flags, uint32_t mode) {
  Result<NodePtr> found = Find(path);
  if (found.ok() && (flags & kCreate) != 0 && (flags & kExclusive) != 0) return Errno::kExist;
  if (!found.ok()) {
    if ((flags & kCreate) == 0) return found.error();
    TRY(CheckNew(path));
    found = Make(std::string(path), kRegular | mode);
  }
  const NodePtr node = found.value();
  if ((node->stat.mode & kTypes) == kSymlink) return Errno::kLoop;
  if ((flags & kTruncate) != 0) node->data.clear();
  handles_[next_handle_] = {node, flags};
  return next_handle_++;
}

void FakeHostFolder::Close(uint32_t handle) { handles_.erase(handle); }

Result<kernel::HostStat> FakeHostFolder::StatHandle(uint32_t handle) {
  return StatOf(*handles_.at(handle).node);
}

Task<Result<size_t>> FakeHostFolder::Read(uint32_t handle, uint64_t offset, void* to, size_t size) {
  if (broken) return Errno::kIo;
  const Handle& open = handles_.at(handle);
  if ((open.flags & kAccessMode) == 1) return Errno::kBadF;
  const std::string& data = open.node->data;
  if (offset >= data.size()) return size_t{0};
  size = std::min<size_t>(size, data.size() - offset);
  std::memcpy(to, data.data() + offset, size);
  return size;
}

Task<Result<size_t>> FakeHostFolder::Write(uint32_t handle, uint64_t offset, const void* from,
                                           size_t size) {
  if (broken) return Errno::kIo;
  const Handle& open = handles_.at(handle);
  if ((open.flags & kAccessMode) == 0) return Errno::kBadF;
  std::string& data = open.node->data;
  if (data.size() < offset + size) data.resize(offset + size);
  std::memcpy(data.data() + offset, from, size);
  return size;
}

Task<Status> FakeHostFolder::Truncate(uint32_t handle, uint64_t size) {
  handles_.at(handle).node->data.resize(size);
  return kOk;
}

Task<Status> FakeHostFolder::Sync(uint32_t) { return broken ? Status(Errno::kIo) : Status(kOk); }

Task<Status> FakeHostFolder::MakeDirectory(std::string_view path, uint32_t mode) {
  TRY(CheckNew(path));
  Make(std::string(path), kDirectory | mode);
  return kOk;
}

Task<Status> FakeHostFolder::Remove(std::string_view path) {
  const NodePtr node = TRY(Find(path));
  if ((node->stat.mode & kTypes) == kDirectory) return Errno::kIsDir;
  --node->stat.nlink;
  nodes_.erase(std::string(path));
  return kOk;
}

Task<Status> FakeHostFolder::RemoveDirectory(std::string_view path) {
  const NodePtr node = TRY(Find(path));
  if ((node->stat.mode & kTypes) != kDirectory) return Errno::kNotDir;
  if (!TRY(List(path).Take()).empty()) return Errno::kNotEmpty;
  nodes_.erase(std::string(path));
  return kOk;
}

Task<Status> FakeHostFolder::Rename(std::string_view from, std::string_view to) {
  TRY(Find(from));
  (void)Find(to);
  std::map<std::string, NodePtr> moved;
  const std::string prefix = std::string(from) + "/";
  for (auto node = nodes_.begin(); node != nodes_.end();) {
    const bool below = node->first.compare(0, prefix.size(), prefix) == 0;
    if (node->first == from || below) {
      moved[std::string(to) + node->first.substr(from.size())] = node->second;
      node = nodes_.erase(node);
    } else {
      ++node;
    }
  }
  for (auto& [path, node] : moved) nodes_[path] = node;
  return kOk;
}

Task<Status> FakeHostFolder::Link(std::string_view from, std::string_view to) {
  const NodePtr node = TRY(Find(from));
  TRY(CheckNew(to));
  ++node->stat.nlink;
  nodes_[std::string(to)] = node;
  return kOk;
}

Task<Status> FakeHostFolder::Symlink(std::string_view target, std::string_view path) {
  TRY(CheckNew(path));
  AddSymlink(std::string(path), std::string(target));
  return kOk;
}

Task<Status> FakeHostFolder::ChangeMode(std::string_view path, uint32_t mode) {
  const NodePtr node = TRY(Find(path));
  node->stat.mode = (node->stat.mode & kTypes) | mode;
  return kOk;
}

Task<Status> FakeHostFolder::ChangeOwner(std::string_view path, uint32_t uid, uint32_t gid) {
  const NodePtr node = TRY(Find(path));
  node->stat.uid = uid;
  node->stat.gid = gid;
  return kOk;
}

Task<Status> FakeHostFolder::SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) {
  const NodePtr node = TRY(Find(path));
  node->stat.atime_ns = atime_ns;
  node->stat.mtime_ns = mtime_ns;
  return kOk;
}

}  // namespace elfin::testing
