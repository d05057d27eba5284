// docs/syscalls.md: which system calls are there, made from table.inc.
#pragma once

#include <string>

#include "syscalls/syscall_table.h"

namespace elfin::kernel {

/// The page as Markdown.
std::string SupportPage();

}  // namespace elfin::kernel
