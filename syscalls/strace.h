// --strace: one line a system call, in strace(1)'s look:
//
//   openat(AT_FDCWD, "/etc/hostname", O_RDONLY|O_CLOEXEC) = 3
//   read(3, "elfin\n", 4096) = 6
//   access("/etc/ld.so.preload", R_OK) = -1 ENOENT
//
// With several processes or threads each line begins with the caller's number: "[pid 3] ".
//
// Arguments that go in are read before the call, those that come out after it. Reading them is
// tolerant: what can't be read is shown as an address.
#pragma once

#include <optional>
#include <string>

#include "syscalls/kernel/syscall_context.h"

namespace elfin::kernel {

class TraceLine {
 public:
  /// Before the call. The context must outlive the line.
  explicit TraceLine(SyscallContext& context);
  /// exit and exit_group do not come back.
  bool ends_process() const;
  /// After the call; nullopt: there will be no result.
  std::string Finish(const std::optional<Result<uint64_t>>& result);

 private:
  SyscallContext& context_;
  uint64_t number_;
  uint64_t arguments_[6];
  std::string shown_[6];  // arguments that had to be read before the call
};

/// A quoted string with C escapes, cut off after 32 bytes: "\177ELF"...
std::string QuotedText(std::string_view bytes, bool more);

}  // namespace elfin::kernel
