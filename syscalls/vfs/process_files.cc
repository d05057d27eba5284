// What exec, mmap, spawn and exit need of files: kernel/process_files.h.
#include "syscalls/kernel/process_files.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/host_stream.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/vfs/fd_table.h"
#include "syscalls/vfs/inode_use.h"
#include "syscalls/vfs/open.h"
#include "syscalls/vfs/path_walk.h"
#include "syscalls/vfs/permissions.h"

namespace elfin::vfs {
namespace {

constexpr uint8_t kReadable = 1;
constexpr uint8_t kWritable = 2;
constexpr uint8_t kExecutable = 4;

/// An inode as a mapping holds it, with the place where it was opened.
class InodeMapping final : public memory::MappedFile {
 public:
  enum class Writes : uint8_t { kNo, kShared };
  InodeMapping(Path path, std::string text, Writes writes)
      : path_(std::move(path)), text_(std::move(text)) {
    if (writes == Writes::kShared) writes_.emplace(path_.inode(), &InodeUses::writable_mappings);
  }

  Task<Result<size_t>> Read(uint64_t offset, void* to, size_t size) override {
    return ReadAll(offset, static_cast<char*>(to), size);
  }
  void WillRead(uint64_t offset, uint64_t size) override { path_.inode()->WillRead(offset, size); }
  Task<Result<size_t>> Write(uint64_t offset, const void* from, size_t size) override {
    MemorySource source(from, size);
    co_return co_await path_.inode()->WriteAt(offset, source);
  }
  std::weak_ptr<memory::SharedPages>& shared_pages() override {
    return path_.inode()->shared_pages;
  }
  uint64_t size() const override {
    const Result<Attributes> now = path_.inode()->attributes();
    return now.ok() ? now.value().size : 0;
  }
  uint64_t device() const override {
    const Result<Attributes> now = path_.inode()->attributes();
    return now.ok() ? now.value().device : 0;
  }
  uint64_t inode() const override {
    const Result<Attributes> now = path_.inode()->attributes();
    return now.ok() ? now.value().inode : 0;
  }
  std::string path() const override { return text_; }

 private:
  Task<Result<size_t>> ReadAll(uint64_t offset, char* to, size_t size) {
    size_t done = 0;
    while (done < size) {
      MemorySink sink(to + done, size - done);
      CO_ASSIGN(const size_t read, co_await path_.inode()->ReadAt(offset + done, sink));
      if (read == 0) break;
      done += read;
    }
    co_return done;
  }

  Path path_;
  std::string text_;
  std::optional<InodeUse> writes_;
};

Result<Path> PlaceOf(kernel::Process& process, Fd directory, std::string_view path) {
  if (directory.value == abi::kAtFdCwd || (!path.empty() && path.front() == '/')) {
    return process.fs->working_directory;
  }
  return TRY(process.files->GetWithPathOnly(directory))->path();
}

bool IsZeroDevice(File& file) {
  const Result<Attributes> attributes = file.attributes();
  return attributes.ok() && attributes.value().type == FileType::kCharacter &&
         attributes.value().rdev == MakeDevice(1, 5);
}

/// A program is wanted nearly whole: its header doesn't come alone first.
constexpr uint64_t kProgramReadAhead = uint64_t{2} << 20;

}  // namespace

Task<Result<ExecutableFile>> OpenExecutable(kernel::Process& process, Fd directory,
                                            std::string_view text, bool follow_last_symlink) {
  const std::string name(text);
  const Caller caller{*process.kernel.mounts, *process.fs, process.credentials.ForFiles(), &process,
                      nullptr};
  CO_ASSIGN(Path path, PlaceOf(process, directory, name));
  if (!name.empty()) {
    const LastSymlink follow = follow_last_symlink ? LastSymlink::kFollow : LastSymlink::kNoFollow;
    CO_ASSIGN(path, co_await WalkTo(caller, path, name, follow));
  }
  const InodePtr inode = path.inode();
  if (inode->type() == FileType::kSymlink) co_return Errno::kLoop;
  if (inode->type() != FileType::kRegular) co_return Errno::kAcces;
  if ((path.mount->flags & kMountNoExec) != 0) co_return Errno::kAcces;
  CO_TRY(CheckAccess(*inode, caller.credentials, kAccessExecute));
  if (inode->uses.writers > 0) co_return Errno::kTxtBsy;
  // Opened once, so that a host file is held open on the host while it is mapped.
  CO_TRY(co_await inode->Open(caller, path, abi::kORdOnly));
  CO_ASSIGN(const Attributes attributes, inode->attributes());
  ExecutableFile executable;
  executable.path = PathText(path, process.fs->root);
  executable.execution = std::make_shared<InodeUse>(inode, &InodeUses::executors);
  executable.file =
      std::make_shared<InodeMapping>(path, executable.path, InodeMapping::Writes::kNo);
  const bool changes_user = (path.mount->flags & kMountNoSuid) == 0;
  executable.mode = attributes.permissions & (changes_user ? ~0u : ~(kSetUid | kSetGid));
  executable.uid = attributes.uid;
  executable.gid = attributes.gid;
  executable.file->WillRead(0, std::min(attributes.size, kProgramReadAhead));
  co_return executable;
}

Result<MappableFile> OpenMapping(kernel::Process& process, Fd fd, uint8_t protection, bool shared) {
  const FilePtr file = TRY(process.files->Get(fd));
  if (!file->readable()) return Errno::kAcces;
  if (shared && (protection & kWritable) != 0 && !file->writable()) return Errno::kAcces;
  if (IsZeroDevice(*file)) return MappableFile{};
  if (!file->has_inode_bytes()) return Errno::kNoDev;
  const bool no_exec = (file->path().mount->flags & kMountNoExec) != 0;
  if (no_exec && (protection & kExecutable) != 0) return Errno::kPerm;
  const uint32_t* seals = file->inode()->seals();
  const bool sealed = seals != nullptr && (*seals & (abi::kSealWrite | abi::kSealFutureWrite)) != 0;
  if (shared && sealed && (protection & kWritable) != 0) return Errno::kPerm;
  MappableFile mappable;
  mappable.maximum_protection = kReadable | kWritable | kExecutable;
  if (shared && (!file->writable() || sealed)) mappable.maximum_protection &= ~kWritable;
  if (no_exec) mappable.maximum_protection &= ~kExecutable;
  const bool may_write = shared && (mappable.maximum_protection & kWritable) != 0;
  mappable.file = std::make_shared<InodeMapping>(
      file->path(), PathText(file->path(), process.fs->root),
      may_write ? InodeMapping::Writes::kShared : InodeMapping::Writes::kNo);
  return mappable;
}

std::shared_ptr<FdTable> MakeFiles() { return std::make_shared<FdTable>(); }

void OpenStandardFiles(kernel::Process& process, uint32_t first_stream) {
  for (FilePtr& file : fs::OpenHostStreams(process, first_stream)) {
    CHECK(process.files->Add(std::move(file), OnExec::kKeep).ok());
  }
}

Task<Result<std::shared_ptr<FsContext>>> MakeFsContext(kernel::Kernel& kernel,
                                                       std::string_view directory) {
  const std::string text(directory);
  auto context = std::make_shared<FsContext>();
  context->root = kernel.mounts->root();
  context->working_directory = context->root;
  const Caller caller{*kernel.mounts, *context, {}, nullptr, nullptr};
  CO_ASSIGN(Path path, co_await WalkTo(caller, context->root, text, LastSymlink::kFollow));
  if (path.inode()->type() != FileType::kDirectory) co_return Errno::kNotDir;
  context->working_directory = std::move(path);
  co_return context;
}

std::shared_ptr<FdTable> CopyFiles(const FdTable& files) {
  return std::make_shared<FdTable>(files);
}

std::shared_ptr<FsContext> CopyFsContext(const FsContext& context) {
  return std::make_shared<FsContext>(context);
}

Task<Status> CloseOnExec(FdTable& files) {
  files.CloseMarked();
  return kOk;
}

void CloseAll(FdTable& files) { files.CloseAll(); }

}  // namespace elfin::vfs
