// The table of system calls as data: table.inc's rows by number.
#pragma once

#include <cstdint>
#include <string_view>

#include "syscalls/syscall_arguments.h"

namespace elfin::kernel {

/// The calls by name: Syscall::k_read == 0.
enum class Syscall : uint32_t {
#define ELFIN_SYSCALL(number, name, handler, level, arguments, note) k_##name = number,
#define ELFIN_SYSCALL_REFUSED(number, name, errno_value, arguments, note) k_##name = number,
#define ELFIN_SYSCALL_MISSING(number, name, arguments, note) k_##name = number,
#include "syscalls/table.inc"
#undef ELFIN_SYSCALL
#undef ELFIN_SYSCALL_REFUSED
#undef ELFIN_SYSCALL_MISSING
};

/// One above the highest number of the table.
inline constexpr uint64_t kSyscallLimit = 457;

enum class SupportLevel : uint8_t {
  kFull,     // as Linux, for all that one process can see
  kPartial,  // the row's sentence says what is not done
  kRefused,  // always fails with the errno of the row, on purpose
  kMissing,  // ENOSYS, reported once
};

struct SyscallRow {
  uint32_t number;
  const char* name;
  SupportLevel level;
  uint8_t argument_count;
  ArgumentKind kinds[6];
  /// nullptr for kRefused and kMissing.
  SyscallResult (*call)(SyscallContext& context);
  Errno refusal;  // kRefused
};

/// nullptr for a number that Linux does not have.
const SyscallRow* FindSyscall(uint64_t number);

/// The row's sentence. Apart from the rows, so that only what prints it carries the text.
std::string_view SyscallNote(uint32_t number);

}  // namespace elfin::kernel
