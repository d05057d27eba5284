// machine.fs: what an embedding does with the files of the machine, by path, as its superuser.
//
// A request is data, its answer too, so that it may wait for a block device: it is an operation of
// kernel_entry.cc.
#pragma once

#include <string>

#include "runtime/base/task.h"
#include "syscalls/kernel/kernel.h"

namespace elfin::kernel {

/// Numbers as web/host/machine_files.js has them.
enum class FileOperation : uint32_t {
  kRead = 0,             // answer: the file's bytes from `offset` on, at most `number` (0: all)
  kWrite = 1,            // replaces what the file holds by `data`; `number`: the mode of a new one
  kAppend = 2,           // the same, behind what it holds
  kList = 3,             // answer: entries, packed: u64 inode, u8 DT_*, u16 length, name
  kStat = 4,             // answer: a HostStat
  kStatLink = 5,         // the same, of a symbolic link itself
  kReadLink = 6,         // answer: where it leads
  kMakeDirectory = 7,    // `number`: its mode
  kRemove = 8,           // what is no directory
  kRemoveDirectory = 9,  // an empty one
  kRename = 10,          // to the path `data`, replacing what is there
  kSymlink = 11,         // makes `path`; it leads to `data`
  kChangeMode = 12,      // `number`: the new one
  kChangeOwner = 13,     // `number`: user, `offset`: group
  kSetModified = 14,     // `offset`: seconds since the epoch
  kSync = 15,            // all filesystems; no path
  kStatFilesystem = 16,  // answer: u64 block size, blocks, free blocks
  // Of a symbolic link itself, too:
  kChangeLinkOwner = 17,  // as kChangeOwner
  kSetLinkModified = 18,  // as kSetModified
  kListAttributes = 19,   // answer: u16 length, name, u32 length, value; again and again
  kSetAttribute = 20,     // `data`: the name, a zero byte, the value
  kRemoveAttribute = 21,  // `data`: the name
  kLink = 22,             // a further name `path` for what `data` leads to
  kMakeNode = 23,         // a FIFO or device; `number`: type and mode, `offset`: st_rdev
};
inline constexpr uint32_t kFileOperationCount = 24;

struct FileRequest {
  FileOperation operation;
  std::string path;
  std::string data;
  uint32_t number = 0;
  double offset = 0;
};

/// Errors: those of the system call that does the same; kNoSys: an unknown operation.
Task<Result<std::string>> RunFileRequest(Kernel& kernel, FileRequest request);

}  // namespace elfin::kernel
