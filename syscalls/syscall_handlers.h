// The prototypes of all handlers, made from table.inc. Files in handlers/ include it, so that a
// handler and its row can't disagree without a link error.
#pragma once

#include "syscalls/syscall_arguments.h"

namespace elfin::kernel {

#define ELFIN_UNWRAP(...) __VA_ARGS__
#define ELFIN_SYSCALL(number, name, handler, level, arguments, note) \
  namespace handler_type {                                           \
  using namespace arg;                                               \
  using handler = Signature<ELFIN_UNWRAP arguments>::Function;       \
  }                                                                  \
  handler_type::handler handler;
#define ELFIN_SYSCALL_REFUSED(number, name, errno_value, arguments, note)
#define ELFIN_SYSCALL_MISSING(number, name, arguments, note)
#include "syscalls/table.inc"
#undef ELFIN_SYSCALL
#undef ELFIN_SYSCALL_REFUSED
#undef ELFIN_SYSCALL_MISSING
#undef ELFIN_UNWRAP

}  // namespace elfin::kernel
