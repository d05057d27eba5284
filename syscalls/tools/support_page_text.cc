#include <cstdio>

#include "syscalls/tools/support_page.h"

namespace elfin::kernel {
namespace {

const char* LevelText(SupportLevel level) {
  switch (level) {
    case SupportLevel::kFull:
      return "full";
    case SupportLevel::kPartial:
      return "partial";
    case SupportLevel::kRefused:
      return "refused";
    case SupportLevel::kMissing:
      return "missing";
  }
  return "";
}

constexpr char kIntroduction[] =
    "# Linux system calls\n"
    "\n"
    "Made from `syscalls/table.inc` by `syscalls_support_page`; a test keeps it current.\n"
    "\n"
    "* full: as Linux, for everything that the programs of one machine can see.\n"
    "* partial: the note says what is not done.\n"
    "* refused: always fails, with the error of the note, on purpose.\n"
    "* missing: fails with ENOSYS; Elfin says so once on standard error.\n"
    "\n";

}  // namespace

std::string SupportPage() {
  int counts[4] = {};
  std::string rows;
  for (uint32_t number = 0; number < kSyscallLimit; ++number) {
    const SyscallRow* row = FindSyscall(number);
    if (row == nullptr) continue;
    ++counts[static_cast<int>(row->level)];
    rows +=
        "| " + std::to_string(number) + " | " + row->name + " | " + LevelText(row->level) +
        (row->level == SupportLevel::kRefused ? std::string(" (") + ErrnoName(row->refusal) + ")"
                                              : "") +
        " | " + std::string(SyscallNote(number)) + " |\n";
  }
  return kIntroduction + std::to_string(counts[0]) + " full, " + std::to_string(counts[1]) +
         " partial, " + std::to_string(counts[2]) + " refused, " + std::to_string(counts[3]) +
         " missing.\n\n| number | call | support | note |\n| --- | --- | --- | --- |\n" + rows;
}

}  // namespace elfin::kernel
