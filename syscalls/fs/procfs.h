// procfs: the kernel as files, as far as programs of one process read them (proc(5)).
//
//   /proc/self → 1        /proc/1/{status,stat,maps,exe,fd/…,…}        /proc/cpuinfo, meminfo,
//   mounts, sys/…
//
// Table-driven: procfs_system.cc, procfs_process.cc and procfs_network.cc have one row a file, each
// with the function that makes its text. The text is made when the file is opened.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "syscalls/fs/inode_core.h"
#include "syscalls/kernel/process.h"

namespace elfin::kernel {
class Kernel;
}

namespace elfin::fs {

/// One row: a file of the machine (process is null) or of a process.
struct ProcFile {
  const char* path;  // below /proc, or below /proc/<pid>: "sys/kernel/osrelease"
  uint32_t permissions;
  std::string (*text)(kernel::Kernel& kernel, kernel::Process* process);
};
const std::vector<ProcFile>& SystemProcFiles();
const std::vector<ProcFile>& ProcessProcFiles();
/// Files of the machine that lie below each process all the same: network namespaces are a
/// process's.
const std::vector<ProcFile>& NetworkProcFiles();

vfs::FilesystemPtr MakeProcFs(kernel::Kernel& kernel);

}  // namespace elfin::fs
