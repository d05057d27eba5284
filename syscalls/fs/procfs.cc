#include "syscalls/fs/procfs.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "syscalls/kernel/kernel.h"
#include "syscalls/vfs/fd_table.h"
#include "syscalls/vfs/path_walk.h"
#include "syscalls/vfs/regular_file.h"

namespace elfin::fs {
namespace {

using kernel::Pid;

class ProcFs;

/// A node is known by its path below /proc: "1/fd/3", "sys/kernel". One object for each path that
/// is held.
class ProcInode final : public vfs::Inode {
 public:
  ProcInode(ProcFs& filesystem, std::string path, FileType type, uint32_t permissions,
            uint64_t number)
      : fs_(filesystem),
        path_(std::move(path)),
        type_(type),
        permissions_(permissions),
        number_(number) {}
  ~ProcInode() override;
  vfs::Filesystem& filesystem() override;
  FileType type() const override { return type_; }
  Result<Attributes> attributes() override;
  Task<Status> SetAttributes(const vfs::AttributeChange&) override { return Errno::kPerm; }
  Task<Result<InodePtr>> Lookup(std::string_view name) override;
  Task<Result<InodePtr>> Create(std::string_view, const vfs::NewInode&) override {
    return Errno::kNoEnt;
  }
  Result<std::unique_ptr<vfs::DirectoryStream>> OpenDirectory() override;
  Task<Result<vfs::LinkTarget>> ReadLink(const vfs::Caller& caller) override;
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller& caller, const vfs::Path& path,
                                  uint32_t flags) override;
  const std::string& path() const { return path_; }

 private:
  ProcFs& fs_;
  std::string path_;
  FileType type_;
  uint32_t permissions_;
  uint64_t number_;
};

/// What is behind a path.
struct Node {
  FileType type = FileType::kDirectory;
  uint32_t permissions = 0555;
  const ProcFile* file = nullptr;
  kernel::Process* process = nullptr;
};

class ProcFs final : public vfs::Filesystem {
 public:
  explicit ProcFs(kernel::Kernel& the_kernel) : kernel(the_kernel) {}
  std::string_view type() const override { return "proc"; }
  InodePtr root() override { return InodeFor("", Node{}); }
  vfs::FilesystemInfo Info() override {
    vfs::FilesystemInfo info;
    info.magic = 0x9fa0;
    return info;
  }

  Result<Node> Find(const std::string& path) const;
  std::vector<std::string> List(const std::string& path) const;
  InodePtr InodeFor(const std::string& path, const Node& node);
  /// Nobody holds that inode any more.
  void Forget(const std::string& path) { inodes_.erase(path); }
  /// A process by its number; zombies are there, too.
  kernel::Process* FindListed(Pid pid) const {
    const auto found = kernel.processes().find(pid);
    return found == kernel.processes().end() ? nullptr : found->second.get();
  }

  kernel::Kernel& kernel;

 private:
  std::map<std::string, std::weak_ptr<ProcInode>> inodes_;
};

/// A text, made when it was opened.
class TextFile final : public vfs::RegularFile {
 public:
  TextFile(vfs::Path path, uint32_t flags, std::string text)
      : RegularFile(std::move(path), flags), text_(std::move(text)) {}
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions) override {
    const size_t size = TRY(vfs::PutSlice(text_, offset_, sink));
    offset_ += size;
    return size;
  }
  Task<Result<size_t>> ReadAt(uint64_t offset, vfs::DataSink& sink, vfs::IoOptions) override {
    return vfs::PutSlice(text_, offset, sink);
  }
  Task<Result<size_t>> Write(vfs::DataSource&, vfs::IoOptions) override { return Errno::kInval; }
  bool has_inode_bytes() const override { return false; }
  Task<Result<uint64_t>> Seek(int64_t offset, int32_t whence) override {
    const int64_t target = whence == 1 ? static_cast<int64_t>(offset_) + offset : offset;
    if (whence < 0 || whence > 1 || target < 0) return Errno::kInval;
    offset_ = static_cast<uint64_t>(target);
    return offset_;
  }

 private:
  std::string text_;
  uint64_t offset_ = 0;
};

class ProcDirectoryStream final : public vfs::DirectoryStream {
 public:
  ProcDirectoryStream(ProcFs& filesystem, std::string path)
      : fs_(filesystem), path_(std::move(path)) {}
  Task<Status> Read(uint64_t cookie, vfs::DirectoryVisitor& visitor) override {
    const std::vector<std::string> names = fs_.List(path_);
    for (uint64_t i = cookie; i < names.size(); ++i) {
      const std::string child = path_.empty() ? names[i] : path_ + "/" + names[i];
      const Result<Node> node = fs_.Find(child);
      if (!node.ok()) continue;
      const InodePtr inode = fs_.InodeFor(child, node.value());
      const uint64_t number = TRY(inode->attributes()).inode;
      if (!visitor.Visit({names[i], number, node.value().type, i + 1})) break;
    }
    return kOk;
  }

 private:
  ProcFs& fs_;
  std::string path_;
};

std::optional<int32_t> NumberIn(std::string_view text) {
  int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// Splits "12/fd/3" into 12 and "fd/3".
std::pair<std::optional<int32_t>, std::string> SplitPid(const std::string& path) {
  const size_t slash = std::min(path.find('/'), path.size());
  return {NumberIn(std::string_view(path).substr(0, slash)),
          slash < path.size() ? path.substr(slash + 1) : ""};
}

struct MachineLink {
  const char* name;
  const char* target;  // with the caller's pid before it
};
constexpr MachineLink kMachineLinks[] = {
    {"self", ""}, {"thread-self", "/task/"}, {"mounts", ""}, {"net", ""}};
constexpr const char* kPlaceLinks[] = {"cwd", "exe", "root"};

Result<Node> FindIn(const std::vector<ProcFile>& files, const std::string& path,
                    kernel::Process* process) {
  for (const ProcFile& file : files) {
    if (path == file.path) return Node{FileType::kRegular, file.permissions, &file, process};
  }
  const std::string prefix = path + "/";
  for (const ProcFile& file : files) {
    if (std::string_view(file.path).substr(0, prefix.size()) == prefix) {
      return Node{FileType::kDirectory, 0555, nullptr, process};
    }
  }
  return Errno::kNoEnt;
}

bool HasThread(const kernel::Process& process, kernel::Tid tid) {
  return std::any_of(process.threads.begin(), process.threads.end(),
                     [tid](const auto& thread) { return thread->tid() == tid; });
}

Result<Node> FindOfProcess(kernel::Process& process, const std::string& path) {
  if (path.empty()) return Node{FileType::kDirectory, 0555, nullptr, &process};
  for (const char* link : kPlaceLinks) {
    if (path == link) return Node{FileType::kSymlink, 0777, nullptr, &process};
  }
  if (path == "fd" || path == "task") return Node{FileType::kDirectory, 0500, nullptr, &process};
  if (path.substr(0, 3) == "fd/") {
    const std::optional<int32_t> fd = NumberIn(std::string_view(path).substr(3));
    if (!fd.has_value() || process.files == nullptr) return Errno::kNoEnt;
    const Result<vfs::FilePtr> file = process.files->GetWithPathOnly(Fd{*fd});
    if (!file.ok()) return Errno::kNoEnt;
    const uint32_t permissions =
        (file.value()->readable() ? 0500 : 0) | (file.value()->writable() ? 0300 : 0);
    return Node{FileType::kSymlink, permissions, nullptr, &process};
  }
  if (path.substr(0, 5) == "task/") {
    // A thread's folder shows its process's files.
    const auto [tid, rest] = SplitPid(path.substr(5));
    if (!tid.has_value() || !HasThread(process, *tid) || rest.substr(0, 4) == "task") {
      return Errno::kNoEnt;
    }
    return FindOfProcess(process, rest);
  }
  Result<Node> of_network = FindIn(NetworkProcFiles(), path, &process);
  return of_network.ok() ? of_network : FindIn(ProcessProcFiles(), path, &process);
}

Result<Node> ProcFs::Find(const std::string& path) const {
  if (path.empty()) return Node{};
  for (const MachineLink& link : kMachineLinks) {
    if (path == link.name) return Node{FileType::kSymlink, 0777, nullptr, nullptr};
  }
  const auto [pid, rest] = SplitPid(path);
  if (pid.has_value()) {
    kernel::Process* process = FindListed(*pid);
    if (process == nullptr) return Errno::kNoEnt;
    return FindOfProcess(*process, rest);
  }
  return FindIn(SystemProcFiles(), path, nullptr);
}

/// The names right below `path` among the rows.
void AddRowNames(const std::vector<ProcFile>& files, const std::string& path,
                 std::set<std::string>& names) {
  const std::string prefix = path.empty() ? "" : path + "/";
  for (const ProcFile& file : files) {
    const std::string_view row = file.path;
    if (row.substr(0, prefix.size()) != prefix) continue;
    const std::string_view rest = row.substr(prefix.size());
    names.emplace(rest.substr(0, std::min(rest.find('/'), rest.size())));
  }
}

std::vector<std::string> ProcFs::List(const std::string& path) const {
  std::set<std::string> names;
  std::vector<std::string> numbers;  // in order of their value
  const auto [pid, rest] = SplitPid(path);
  if (path.empty()) {
    AddRowNames(SystemProcFiles(), path, names);
    for (const MachineLink& link : kMachineLinks) names.emplace(link.name);
    for (const auto& [number, process] : kernel.processes())
      numbers.push_back(std::to_string(number));
  } else if (!pid.has_value()) {
    AddRowNames(SystemProcFiles(), path, names);
  } else if (kernel::Process* process = FindListed(*pid); process != nullptr) {
    if (rest == "fd" && process->files != nullptr) {
      for (const Fd fd : process->files->List()) numbers.push_back(std::to_string(fd.value));
    } else if (rest == "task") {
      for (const auto& thread : process->threads) numbers.push_back(std::to_string(thread->tid()));
    } else {
      AddRowNames(ProcessProcFiles(), rest, names);
      AddRowNames(NetworkProcFiles(), rest, names);
      if (rest.empty()) {
        names.insert({"fd", "task"});
        for (const char* link : kPlaceLinks) names.emplace(link);
      }
    }
  }
  numbers.insert(numbers.end(), names.begin(), names.end());
  return numbers;
}

/// The same for a path whenever it is asked for, without a list of all that were: FNV-1a, cut to
/// what every program can hold.
uint64_t InodeNumber(std::string_view path) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : path) hash = (hash ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  return (hash & 0xf'ffff'ffff'ffff) | 1;
}

InodePtr ProcFs::InodeFor(const std::string& path, const Node& node) {
  std::weak_ptr<ProcInode>& known = inodes_[path];
  std::shared_ptr<ProcInode> inode = known.lock();
  if (inode == nullptr) {
    inode =
        std::make_shared<ProcInode>(*this, path, node.type, node.permissions, InodeNumber(path));
    known = inode;
  }
  return inode;
}

ProcInode::~ProcInode() { fs_.Forget(path_); }

vfs::Filesystem& ProcInode::filesystem() { return fs_; }

Result<Attributes> ProcInode::attributes() {
  Attributes now;
  now.device = fs_.device;
  now.inode = number_;
  now.type = type_;
  now.permissions = permissions_;
  now.links = type_ == FileType::kDirectory ? 2 : 1;
  now.block_size = 1024;
  now.accessed = now.modified = now.changed = fs_.kernel.boot_time_ns();
  const auto [pid, rest] = SplitPid(path_);
  const kernel::Process* process = pid.has_value() ? fs_.FindListed(*pid) : nullptr;
  if (process != nullptr) {
    now.uid = process->credentials.effective_uid;
    now.gid = process->credentials.effective_gid;
  }
  return now;
}

Task<Result<InodePtr>> ProcInode::Lookup(std::string_view name) {
  const std::string child = path_.empty() ? std::string(name) : path_ + "/" + std::string(name);
  const Node node = TRY(fs_.Find(child));
  return fs_.InodeFor(child, node);
}

Result<std::unique_ptr<vfs::DirectoryStream>> ProcInode::OpenDirectory() {
  return std::unique_ptr<vfs::DirectoryStream>(new ProcDirectoryStream(fs_, path_));
}

Task<Result<vfs::LinkTarget>> PlaceOf(const vfs::Caller& caller, const vfs::Path& place) {
  auto copy = std::make_shared<vfs::Path>(place);
  return vfs::LinkTarget{vfs::PathText(place, caller.context.root), std::move(copy)};
}

/// The executable is remembered by name: the walk to it is the link.
Task<Result<vfs::LinkTarget>> ExecutableOf(const vfs::Caller& caller, std::string path) {
  Result<vfs::Path> place =
      co_await vfs::WalkTo(caller, caller.context.root, path, vfs::LastSymlink::kFollow);
  if (!place.ok()) co_return vfs::LinkTarget{path, nullptr};
  co_return vfs::LinkTarget{path, std::make_shared<vfs::Path>(std::move(place).value())};
}

Task<Result<vfs::LinkTarget>> ProcInode::ReadLink(const vfs::Caller& caller) {
  for (const char* of_process : {"mounts", "net"}) {
    if (path_ == of_process) return vfs::LinkTarget{"self/" + path_, nullptr};
  }
  auto [pid, rest] = SplitPid(path_);
  if (!pid.has_value()) {
    if (caller.process == nullptr) return Errno::kNoEnt;
    const std::string self = std::to_string(caller.process->pid);
    if (path_ == "self") return vfs::LinkTarget{self, nullptr};
    const kernel::Tid tid = caller.thread != nullptr ? caller.thread->tid() : caller.process->pid;
    return vfs::LinkTarget{self + "/task/" + std::to_string(tid), nullptr};
  }
  kernel::Process* process = fs_.FindListed(*pid);
  if (process == nullptr || process->fs == nullptr) return Errno::kNoEnt;
  if (rest.substr(0, 5) == "task/") rest = SplitPid(rest.substr(5)).second;
  if (rest == "cwd") return PlaceOf(caller, process->fs->working_directory);
  if (rest == "root") return PlaceOf(caller, process->fs->root);
  if (rest == "exe") return ExecutableOf(caller, process->executable);
  const std::optional<int32_t> fd = NumberIn(std::string_view(rest).substr(3));
  if (!fd.has_value() || process->files == nullptr) return Errno::kNoEnt;
  const Result<vfs::FilePtr> file = process->files->GetWithPathOnly(Fd{*fd});
  if (!file.ok()) return Errno::kNoEnt;
  return PlaceOf(caller, file.value()->path());
}

Task<Result<vfs::FilePtr>> ProcInode::Open(const vfs::Caller&, const vfs::Path& path,
                                           uint32_t flags) {
  const Node node = TRY(fs_.Find(path_));
  if (node.file == nullptr) return vfs::FilePtr();
  return vfs::FilePtr(
      std::make_shared<TextFile>(path, flags, node.file->text(fs_.kernel, node.process)));
}

}  // namespace

vfs::FilesystemPtr MakeProcFs(kernel::Kernel& kernel) { return std::make_shared<ProcFs>(kernel); }

}  // namespace elfin::fs
