#include "tests/cpu/fuzz/both.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "jit/semantics/operands.h"
#include "runtime/base/check.h"
#include "tests/cpu/fuzz/comparison.h"
#include "tests/cpu/fuzz/oracle.h"

namespace elfin::fuzz {

Case MakeCase(const std::vector<uint8_t>& code, uint64_t offset) {
  Case test{};
  ELFIN_CHECK(code.size() <= sizeof(test.code));
  memcpy(test.code, code.data(), code.size());
  test.code_size = static_cast<uint32_t>(code.size());
  test.before.rip = kCode + offset;
  test.before.gpr[semantics::kRsp] = kStack + kPageSize / 2;
  test.before.rflags = cpu::kFlagFixed | cpu::kFlagIf;
  memcpy(test.before.fx + kFxControl, &cpu::kX87ControlReset, sizeof(cpu::kX87ControlReset));
  memcpy(test.before.fx + kFxMxcsr, &cpu::kMxcsrReset, sizeof(cpu::kMxcsrReset));
  return test;
}

Result OnProcessor(const Case& test) {
  int ends[2];
  ELFIN_CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    Result result;
    StartOracle();
    PrepareProcessor(test);
    RunOnProcessor(test.before, &result);
    _exit(write(ends[1], &result, sizeof(result)) == sizeof(result) ? 0 : 1);
  }
  Result result;
  close(ends[1]);
  ELFIN_CHECK(read(ends[0], &result, sizeof(result)) == sizeof(result));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return result;
}

Result OnElfin(const Case& test, const std::function<void(Subject&)>& look) {
  Subject subject;
  Result result;
  subject.Prepare(test);
  subject.Run(test.before, &result);
  if (look) look(subject);
  return result;
}

bool SameResult(const Result& processor, const Result& elfin) {
  const Registers& a = processor.after;
  const Registers& b = elfin.after;
  return memcmp(a.gpr, b.gpr, sizeof(a.gpr)) == 0 && a.rip == b.rip &&
         ((a.rflags ^ b.rflags) & kComparedFlags) == 0 &&
         processor.ending.kind == elfin.ending.kind &&
         processor.ending.address == elfin.ending.address;
}

}  // namespace elfin::fuzz
