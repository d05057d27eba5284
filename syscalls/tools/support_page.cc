// Prints docs/syscalls.md from the table of system calls.
#include <cstdio>

#include "syscalls/tools/support_page.h"

int main() {
  std::fputs(elfin::kernel::SupportPage().c_str(), stdout);
  return 0;
}
