// The table of system calls against the machine's own list, and the page made from it.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

#include "syscalls/syscall_table.h"
#include "syscalls/tools/support_page.h"

using namespace elfin::kernel;

namespace {

std::string FileText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("table.inc has a row for every call of this machine, under its name") {
  const std::string header = FileText("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
  REQUIRE_FALSE(header.empty());
  const std::regex line("#define __NR_([a-z0-9_]+) ([0-9]+)");
  int count = 0;
  for (auto each = std::sregex_iterator(header.begin(), header.end(), line);
       each != std::sregex_iterator(); ++each) {
    const SyscallRow* row = FindSyscall(std::stoul((*each)[2]));
    INFO((*each)[0]);
    REQUIRE(row != nullptr);
    CHECK(std::string(row->name) == (*each)[1]);
    ++count;
  }
  CHECK(count >= 361);
}

TEST_CASE("table.inc is in order, complete and says something in each row") {
  const std::string table = FileText("syscalls/table.inc");
  REQUIRE_FALSE(table.empty());
  const std::regex row("ELFIN_SYSCALL(_REFUSED|_MISSING)?\\(([0-9]+), ");
  int last = -1;
  for (auto each = std::sregex_iterator(table.begin(), table.end(), row);
       each != std::sregex_iterator(); ++each) {
    const int number = std::stoi((*each)[2]);
    CHECK(number > last);
    last = number;
  }
  CHECK(last + 1 == static_cast<int>(kSyscallLimit));
  for (uint32_t number = 0; number < kSyscallLimit; ++number) {
    // x86-64 left these out when numbers became the same for all architectures.
    const bool hole = number > 334 && number < 424;
    CHECK((FindSyscall(number) == nullptr) == hole);
    if (!hole) CHECK(SyscallNote(number).size() > 3);
  }
  CHECK(FindSyscall(kSyscallLimit) == nullptr);
  CHECK(FindSyscall(UINT64_MAX) == nullptr);
}

TEST_CASE("rseq is missing on purpose") {
  const SyscallRow* row = FindSyscall(334);
  REQUIRE(row != nullptr);
  CHECK(std::string(row->name) == "rseq");
  CHECK(row->level == SupportLevel::kMissing);
}

TEST_CASE("docs/syscalls.md is what the table makes") {
  CHECK(FileText("docs/syscalls.md") == SupportPage());
}
