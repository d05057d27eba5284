#include "syscalls/fs/process_file.h"

#include "syscalls/kernel/kernel.h"

namespace elfin::fs {

kernel::Pid ProcessFile::pid(kernel::Kernel& kernel) const {
  const auto found = kernel.processes().find(pid_);
  return found != kernel.processes().end() && found->second->end == end_ ? pid_ : 0;
}

}  // namespace elfin::fs
