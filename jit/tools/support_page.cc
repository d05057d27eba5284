// Prints docs/instructions.md from the table of instructions.
#include "jit/tools/support_page.h"

#include <cstdio>

int main() {
  std::fputs(elfin::jit::SupportPage().c_str(), stdout);
  return 0;
}
