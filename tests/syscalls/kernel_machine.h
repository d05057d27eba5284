// A whole kernel with one process, whose "program" is a C++ function that makes system calls and
// traps: for what needs the kernel's loop (signals, waiting, exec).
//
//   KernelMachine machine;
//   machine.Run([&](Guest& guest) { …one slice…; return cpu::ExitReason::kBudget; });
#pragma once

#include <catch2/catch.hpp>
#include <memory>

#include "syscalls/abi/signal_frame.h"
#include "syscalls/fs/standard_tree.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_table.h"
#include "tests/lib/fake_host.h"
#include "tests/lib/fake_host_folder.h"
#include "tests/loader/elf_builder.h"

namespace elfin::testing {

inline constexpr uint64_t kProgramBase = 0x40'0000;
inline constexpr uint64_t kEntry = kProgramBase + 0x200;
/// Writable memory of the program.
inline constexpr uint64_t kData = kProgramBase + 0x2000;
inline constexpr unsigned kRax = 0, kRdx = 2, kRsp = 4, kRsi = 6, kRdi = 7;

inline std::string SmallProgram() {
  return BuildElf(
      2, kEntry,
      {{.address = kProgramBase, .file_size = 0x1000, .memory_size = 0x1000},
       {.flags = 6, .offset = 0, .address = kData, .file_size = 0, .memory_size = 0x8000}},
      0x1000);
}

class KernelMachine {
 public:
  explicit KernelMachine(kernel::KernelOptions options = {}) : kernel(host, options) {
    auto owned = std::make_unique<FakeHostFolder>();
    folder = owned.get();
    folder->AddFile("program", SmallProgram(), 0755);
    kernel.mounts = fs::MakeHostTree(kernel, std::move(owned), fs::Writable::kYes, "fake").value();
    host.guest = [this](FakeProcessMemory& memory) { return slice(memory); };
  }

  kernel::SpawnOutcome TrySpawn(const std::string& path, std::vector<std::string> arguments = {}) {
    kernel::SpawnRequest request;
    request.path = path;
    request.arguments = arguments.empty() ? std::vector<std::string>{path} : arguments;
    Task<kernel::SpawnOutcome> task = kernel.Spawn(request);
    REQUIRE(task.ready());
    return task.Take();
  }
  void Spawn() {
    const kernel::SpawnOutcome outcome = TrySpawn("/program");
    INFO(outcome.message);
    REQUIRE(outcome.ok());
    pid = outcome.pid;
  }
  kernel::Process& process() { return *kernel.processes().at(pid); }
  kernel::Thread& thread() { return process().leader(); }
  cpu::CpuState cpu() { return thread().ReadCpu(); }

  /// One slice: the function runs as the guest.
  void Slice(std::function<cpu::ExitReason(FakeProcessMemory&)> function) {
    slice = std::move(function);
    CHECK(kernel.Step().state == kernel::StepState::kMore);
  }
  /// The guest executes one `syscall`. Returns what Kernel::Syscall did.
  template <class... Arguments>
  int64_t Call(kernel::Syscall call, Arguments... arguments) {
    const uint64_t raw[6] = {static_cast<uint64_t>(arguments)...};
    int64_t result = 0;
    Slice([&](FakeProcessMemory& memory) {
      memory.state.gpr[kRax] = static_cast<uint64_t>(call);
      memory.state.rip += 2;
      result = kernel.Syscall(static_cast<uint64_t>(call), raw);
      if (result == cpu::kSyscallLeave) return cpu::ExitReason::kKernel;
      memory.state.gpr[kRax] = static_cast<uint64_t>(result);
      return cpu::ExitReason::kBudget;
    });
    return result;
  }
  void Trap(cpu::TrapKind kind, uint64_t address = 0, uint32_t access = 0) {
    Slice([&](FakeProcessMemory& memory) {
      memory.state.trap = {kind, access, address};
      return cpu::ExitReason::kTrap;
    });
  }
  /// rax as the guest sees it next.
  int64_t Rax() { return static_cast<int64_t>(cpu().gpr[kRax]); }

  template <class T>
  void Put(uint64_t address, const T& value) {
    REQUIRE(process().memory->CopyOut(GuestPtr<T>{{address}}, value).ok());
  }
  template <class T>
  T Get(uint64_t address) {
    Result<T> value = process().memory->CopyIn(GuestPtr<T>{{address}});
    REQUIRE(value.ok());
    return value.value();
  }
  /// Installs a handler at kEntry + 0x100 for a signal.
  static constexpr uint64_t kHandler = kEntry + 0x100;
  static constexpr uint64_t kRestorer = kEntry + 0x180;
  void Handle(int signal, uint64_t flags = 0, uint64_t mask = 0) {
    Put(kData + 0x7000, abi::KernelSigaction{kHandler, flags | abi::kSaRestorer | abi::kSaSigInfo,
                                             kRestorer, mask});
    REQUIRE(Call(kernel::Syscall::k_rt_sigaction, signal, kData + 0x7000, 0, 8) == 0);
  }
  /// The frame on top of the stack, in the handler.
  abi::RtSigFrame Frame() { return Get<abi::RtSigFrame>(cpu().gpr[kRsp]); }
  /// The handler returns: ret, then the restorer's rt_sigreturn.
  void ReturnFromHandler() {
    Slice([&](FakeProcessMemory& memory) {
      memory.state.gpr[kRsp] += 8;
      const uint64_t none[6] = {};
      CHECK(kernel.Syscall(static_cast<uint64_t>(kernel::Syscall::k_rt_sigreturn), none) ==
            cpu::kSyscallLeave);
      return cpu::ExitReason::kKernel;
    });
  }
  /// A signal from outside.
  void Send(int signal) { REQUIRE(kernel.Kill(pid, signal).ok()); }
  void Advance(int64_t ns) { host.monotonic_ns += ns; }

  FakeHost host;
  FakeHostFolder* folder;
  kernel::Kernel kernel;
  kernel::Pid pid = 0;
  std::function<cpu::ExitReason(FakeProcessMemory&)> slice;
};

inline int64_t Error(Errno error) { return -static_cast<int64_t>(error); }

}  // namespace elfin::testing
