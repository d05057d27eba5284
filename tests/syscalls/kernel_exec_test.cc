// Spawn, exec and exit.
#include "runtime/loader/auxiliary_keys.h"
#include "tests/syscalls/kernel_machine.h"

namespace elfin::kernel {
namespace {

using namespace elfin::testing;

TEST_CASE("A spawned program stands at its entry point with its stack", "[kernel][sys_execve]") {
  KernelMachine machine;
  machine.Spawn();
  const cpu::CpuState cpu = machine.cpu();
  CHECK(cpu.rip == kEntry);
  CHECK(cpu.gpr[kRsp] % 16 == 0);
  CHECK(machine.Get<uint64_t>(cpu.gpr[kRsp]) == 1);
  CHECK(machine.process().executable == "/program");
  CHECK(machine.process().name == "program");
  std::map<uint64_t, uint64_t> auxiliary(machine.process().auxiliary_vector.begin(),
                                         machine.process().auxiliary_vector.end());
  CHECK(auxiliary.at(loader::kAtPhdr) == kProgramBase + 64);
  CHECK(auxiliary.at(loader::kAtEntry) == kEntry);
  CHECK(auxiliary.at(loader::kAtBase) == 0);
  CHECK(auxiliary.at(loader::kAtSecure) == 0);
}

TEST_CASE("Exit ends everything with the status", "[kernel]") {
  for (Syscall call : {Syscall::k_exit, Syscall::k_exit_group}) {  // SysExit, SysExitGroup
    KernelMachine machine;
    machine.Spawn();
    CHECK(machine.kernel.exit_status(machine.pid) == nullptr);
    CHECK(machine.Call(call, 0x1234) == cpu::kSyscallLeave);
    REQUIRE(machine.kernel.exit_status(machine.pid) != nullptr);
    CHECK(machine.kernel.exit_status(machine.pid)->code == 0x34);
    CHECK(machine.kernel.exit_status(machine.pid)->signal == 0);
    CHECK(machine.kernel.exit_status(machine.pid)->WaitStatus() == 0x3400);
    CHECK(machine.kernel.Step().state == StepState::kDone);
  }
}

void CheckRefused(KernelMachine& machine, const std::string& path, Errno error,
                  const std::string& message) {
  const SpawnOutcome outcome = machine.TrySpawn(path);
  CHECK_FALSE(outcome.ok());
  CHECK(outcome.error == error);
  CHECK(outcome.message == message);
  CHECK(machine.kernel.processes().empty());
}

TEST_CASE("What can't be run is refused with a sentence", "[kernel]") {
  KernelMachine machine;
  machine.folder->AddDirectory("directory");
  machine.folder->AddFile("plain", SmallProgram(), 0644);
  machine.folder->AddFile("text", "echo hello\n", 0755);
  machine.folder->AddFile("cut", SmallProgram().substr(0, 100), 0755);
  machine.folder->AddFile("lost", "#!/no/such -x\n", 0755);
  machine.folder->AddFile("loop", "#!/loop\n", 0755);
  machine.folder->AddFile("dynamic",
                          BuildElf(3, 0x200,
                                   {{.file_size = 0x400, .memory_size = 0x400},
                                    {.type = 3, .offset = 0x300, .file_size = 4}},
                                   0x400)
                              .replace(0x300, 4, "/ld", 4),
                          0755);
  CheckRefused(machine, "/nothing", Errno::kNoEnt, "no such file or directory");
  CheckRefused(machine, "/directory", Errno::kAcces, "permission denied: not an executable file");
  CheckRefused(machine, "/plain", Errno::kAcces, "permission denied: not an executable file");
  CheckRefused(machine, "/text", Errno::kNoExec, "exec format error: not an ELF file");
  CheckRefused(machine, "/cut", Errno::kNoExec, "exec format error: a truncated ELF file");
  CheckRefused(machine, "/lost", Errno::kNoEnt,
               "no such file or directory: the script's interpreter /no/such");
  CheckRefused(machine, "/loop", Errno::kLoop, "too many levels of symbolic links or scripts");
  CheckRefused(machine, "/dynamic", Errno::kNoEnt,
               "no such file or directory: the program's interpreter /ld");
  machine.host.refuse_memory = true;
  CheckRefused(machine, "/program", Errno::kAgain, "no further process memory to be had");
}

TEST_CASE("A script runs its interpreter", "[kernel]") {
  KernelMachine machine;
  machine.folder->AddFile("script", "#! /program -a b\n", 0755);
  const SpawnOutcome outcome = machine.TrySpawn("/script", {"zero", "one", "two"});
  REQUIRE(outcome.ok());
  const std::vector<std::string> expected = {"/program", "-a b", "/script", "one", "two"};
  CHECK(machine.kernel.processes().at(outcome.pid)->arguments == expected);
  CHECK(machine.kernel.processes().at(outcome.pid)->executable == "/program");
  CHECK(machine.kernel.processes().at(outcome.pid)->name == "script");
}

uint64_t PutStrings(KernelMachine& machine, uint64_t at, const std::vector<std::string>& strings) {
  uint64_t text = at + 8 * (strings.size() + 1);
  for (size_t i = 0; i < strings.size(); ++i) {
    machine.Put<uint64_t>(at + 8 * i, text);
    REQUIRE(machine.process()
                .memory->CopyOut(GuestAddr{text}, strings[i].c_str(), strings[i].size() + 1)
                .ok());
    text += strings[i].size() + 1;
  }
  machine.Put<uint64_t>(at + 8 * strings.size(), 0);
  return at;
}

TEST_CASE("execve replaces the program", "[kernel][sys_execve]") {
  KernelMachine machine;
  machine.Spawn();
  machine.Handle(abi::kSigUsr1);
  machine.Put(kData + 0x7000, abi::KernelSigaction{abi::kSigIgn, 0, 0, 0});
  machine.Call(Syscall::k_rt_sigaction, abi::kSigUsr2, kData + 0x7000, 0, 8);
  machine.folder->AddFile("other", SmallProgram(), 0755);
  const uint64_t argv = PutStrings(machine, kData, {"/other", "argument"});
  const uint64_t path = machine.Get<uint64_t>(argv);
  memory::AddressSpace* before = machine.process().memory.get();
  CHECK(machine.Call(Syscall::k_execve, path, argv, 0) == cpu::kSyscallLeave);
  CHECK(machine.process().memory.get() == before);  // the cpu was running in it
  bool started = false;
  machine.Slice([&](FakeProcessMemory& memory) {
    started = memory.state.rip == kEntry;
    return cpu::ExitReason::kBudget;
  });
  CHECK(started);
  CHECK(machine.process().memory.get() != before);
  CHECK(machine.process().executable == "/other");
  CHECK(machine.Get<uint64_t>(machine.cpu().gpr[kRsp]) == 2);
  CHECK(machine.process().actions.Get(abi::kSigUsr1).handler == abi::kSigDfl);
  CHECK(machine.process().actions.Get(abi::kSigUsr2).handler == abi::kSigIgn);
}

TEST_CASE("A failed execve changes nothing", "[kernel][sys_execve]") {
  KernelMachine machine;
  machine.Spawn();
  const uint64_t argv = PutStrings(machine, kData, {"/nothing"});
  machine.Put<uint64_t>(kData + 0x1000, 77);
  CHECK(machine.Call(Syscall::k_execve, machine.Get<uint64_t>(argv), argv, 0) ==
        cpu::kSyscallLeave);
  machine.Slice([](FakeProcessMemory&) { return cpu::ExitReason::kBudget; });
  CHECK(machine.Rax() == Error(Errno::kNoEnt));
  CHECK(machine.Get<uint64_t>(kData + 0x1000) == 77);
  CHECK(machine.Call(Syscall::k_execve, 0x10, argv, 0) == Error(Errno::kFault));
  CHECK(machine.Call(Syscall::k_execve, machine.Get<uint64_t>(argv), 0x10, 0) ==
        Error(Errno::kFault));
}

}  // namespace
}  // namespace elfin::kernel
