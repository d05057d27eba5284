#include "syscalls/syscall_table.h"

namespace elfin::kernel {

std::string_view SyscallNote(uint32_t number) {
  switch (number) {
#define ELFIN_SYSCALL(number, name, handler, level, arguments, note) \
  case number:                                                       \
    return note;
#define ELFIN_SYSCALL_REFUSED(number, name, errno_value, arguments, note) \
  case number:                                                            \
    return note;
#define ELFIN_SYSCALL_MISSING(number, name, arguments, note) \
  case number:                                               \
    return note;
#include "syscalls/table.inc"
  }
  return {};
}

}  // namespace elfin::kernel
