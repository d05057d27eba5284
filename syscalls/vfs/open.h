// open(2) and openat2(2): from a path and flags to an open file description.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/result.h"
#include "syscalls/kernel/task.h"
#include "syscalls/vfs/file.h"

namespace elfin::vfs {

struct OpenRequest {
  uint32_t flags = 0;    // Linux's O_…; unknown ones are gone
  uint32_t mode = 0;     // for what O_CREAT makes; the umask is applied here
  uint64_t resolve = 0;  // openat2's RESOLVE_…
};

/// Errors: path walk's, and all of open(2)'s: kExist, kIsDir, kNotDir, kLoop, kRoFs, kAcces, kPerm,
/// kInval…
Task<Result<FilePtr>> OpenPath(const Caller& caller, Path start, std::string path,
                               OpenRequest request);

/// Opens what a walk has found. `created`: just made, so that its mode does not matter yet.
Task<Result<FilePtr>> OpenFound(const Caller& caller, Path path, uint32_t flags, bool created);

}  // namespace elfin::vfs
