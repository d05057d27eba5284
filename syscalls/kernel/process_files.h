// What the kernel asks of the vfs for exec, mmap, spawn and exit. Implemented in syscalls/vfs.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/base/types.h"
#include "runtime/memory/mapped_file.h"
#include "syscalls/kernel/task.h"

namespace elfin::kernel {
class Kernel;
struct Process;
}  // namespace elfin::kernel

namespace elfin::vfs {

class InodeUse;
class FdTable;
struct FsContext;

/// A file opened for execution.
struct ExecutableFile {
  std::shared_ptr<memory::MappedFile> file;
  std::shared_ptr<InodeUse> execution;  // as long as it lives, nobody can write to the file
  std::string path;                     // absolute and resolved, for /proc/self/exe
  uint32_t mode = 0;                    // permission bits, for set-user-id
  uint32_t uid = 0;
  uint32_t gid = 0;
};

/// Opens `path` (relative to `directory`: AT_FDCWD or a descriptor; empty = the descriptor itself)
/// as exec does, with the process's credentials. Errors: path walk's, kAcces for whatever is not a
/// regular file with an x bit or lies on a noexec mount, kTxtBsy.
Task<Result<ExecutableFile>> OpenExecutable(kernel::Process& process, Fd directory,
                                            std::string_view path, bool follow_last_symlink);

/// The file behind a descriptor, for mmap(2). `protection` is PROT_* bits; `shared` is MAP_SHARED.
/// Sets `maximum_protection` to what the descriptor's mode lets mprotect give later. Errors: kBadF,
/// kAcces (not readable; shared and writable without O_RDWR), kNoDev (can't be mapped). A null file
/// with success: map anonymous zero pages (/dev/zero).
struct MappableFile {
  std::shared_ptr<memory::MappedFile> file;
  uint8_t maximum_protection = 7;
};
Result<MappableFile> OpenMapping(kernel::Process& process, Fd fd, uint8_t protection, bool shared);

/// A table without a file, for a process that the embedding starts.
std::shared_ptr<FdTable> MakeFiles();
/// Opens its descriptors 0, 1 and 2 on the host's streams (Host::ReadStream…) from `first_stream`
/// on. A terminal among them becomes its session's. Precondition: it has no files.
void OpenStandardFiles(kernel::Process& process, uint32_t first_stream);
/// Root directory and working directory of a new process. Errors: path walk's, kNotDir.
Task<Result<std::shared_ptr<FsContext>>> MakeFsContext(kernel::Kernel& kernel,
                                                       std::string_view directory);
/// fork(2): tables and contexts of the child's own.
std::shared_ptr<FdTable> CopyFiles(const FdTable& files);
std::shared_ptr<FsContext> CopyFsContext(const FsContext& context);
/// execve(2): closes what is marked close-on-exec.
Task<Status> CloseOnExec(FdTable& files);
/// Exit: closes everything. Nothing can go wrong that anybody could still be told of.
void CloseAll(FdTable& files);

}  // namespace elfin::vfs
