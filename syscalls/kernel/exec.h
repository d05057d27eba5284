// execve's work: from a path to a process image that is ready to run.
//
//   path → OpenExecutable → script line? → its interpreter, again
//        → ELF image → new memory: program, heap and stack, interpreter, stack contents
//        → commit: the old memory goes, handlers reset, close-on-exec, cpu at the entry point
#pragma once

#include <string>
#include <vector>

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

struct ExecRequest {
  Fd directory;  // AT_FDCWD or a descriptor, for relative paths
  std::string path;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  bool follow_last_symlink = true;
};

/// Replaces the image of the thread's process. Must not be called while its cpu runs (Wait::Yield
/// first). On failure nothing has changed and `sentence` says why ("exec format error: not an ELF
/// file"). Errors: those of execve(2).
Task<Status> Exec(Thread& thread, ExecRequest request, std::string& sentence);

/// AT_FDCWD.
inline constexpr Fd kWorkingDirectory{-100};

}  // namespace elfin::kernel
