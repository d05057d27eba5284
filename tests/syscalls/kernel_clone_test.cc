// Several processes: forks, ends, waiting for them, groups.
#include "syscalls/abi/clone.h"
#include "tests/syscalls/kernel_machine.h"

namespace elfin::kernel {
namespace {

using namespace elfin::testing;

struct Family : KernelMachine {
  Family() { Spawn(); }

  /// The next thread in turn makes a system call.
  template <class... Arguments>
  void CallOfNext(Syscall call, Arguments... arguments) {
    const uint64_t raw[6] = {static_cast<uint64_t>(arguments)...};
    Slice([&](FakeProcessMemory& memory) {
      memory.state.gpr[kRax] = static_cast<uint64_t>(call);
      memory.state.rip += 2;
      const int64_t result = kernel.Syscall(static_cast<uint64_t>(call), raw);
      if (result == cpu::kSyscallLeave) return cpu::ExitReason::kKernel;
      memory.state.gpr[kRax] = static_cast<uint64_t>(result);
      return cpu::ExitReason::kBudget;
    });
  }
  Process& At(Pid number) { return *kernel.processes().at(number); }
};

// SysFork
TEST_CASE("A fork's child has a copy of the memory and ends for wait4", "[kernel]") {
  Family machine;
  machine.Put<uint64_t>(kData, 0x1234);
  const auto child = static_cast<Pid>(machine.Call(Syscall::k_fork));
  REQUIRE(child == machine.pid + 1);
  Process& process = machine.At(child);
  CHECK(process.parent == machine.pid);
  CHECK(process.group == machine.process().group);
  CHECK(process.leader().ReadCpu().gpr[kRax] == 0);
  CHECK(process.leader().ReadCpu().rip == machine.cpu().rip);
  CHECK(process.memory->CopyIn(GuestPtr<uint64_t>{{kData}}).value() == 0x1234);
  machine.Put<uint64_t>(kData, 0x5678);
  CHECK(process.memory->CopyIn(GuestPtr<uint64_t>{{kData}}).value() == 0x1234);
  machine.CallOfNext(Syscall::k_exit_group, 7);
  CHECK(process.is_zombie);
  CHECK(process.memory == nullptr);
  CHECK(machine.Call(Syscall::k_wait4, -1, kData, 0, 0) == child);
  CHECK(machine.Get<int32_t>(kData) == 0x700);
  CHECK(machine.kernel.processes().count(child) == 0);
  CHECK(machine.Call(Syscall::k_wait4, -1, kData, 0, 0) == Error(Errno::kChild));
}

// SysVfork
TEST_CASE("A vfork's child runs in the parent's memory, and the parent waits", "[kernel]") {
  Family machine;
  CHECK(machine.Call(Syscall::k_vfork) == cpu::kSyscallLeave);
  Process& child = machine.At(machine.pid + 1);
  CHECK(child.memory == machine.process().memory);
  CHECK(machine.thread().state == ThreadState::kBlocked);
  machine.CallOfNext(Syscall::k_getpid);
  CHECK(child.leader().ReadCpu().gpr[kRax] == static_cast<uint64_t>(child.pid));
  machine.CallOfNext(Syscall::k_exit_group, 0);
  CHECK(child.is_zombie);
  machine.Slice([](FakeProcessMemory&) { return cpu::ExitReason::kBudget; });
  CHECK(machine.Rax() == child.pid);
}

// SysClone SysClone3
TEST_CASE("clone refuses what it can't do", "[kernel]") {
  Family machine;
  const uint64_t sigchld = abi::kSigChld;
  auto clone = [&](uint64_t flags) { return machine.Call(Syscall::k_clone, flags, 0, 0, 0, 0); };
  CHECK(clone(abi::kCloneNewPid | sigchld) == Error(Errno::kPerm));
  CHECK(clone(abi::kCloneThread) == Error(Errno::kInval));
  CHECK(clone(abi::kCloneSigHand) == Error(Errno::kInval));
  abi::CloneArguments arguments{};
  arguments.exit_signal = sigchld;
  arguments.flags = abi::kCloneParentSetTid;
  arguments.parent_tid = kData + 0x100;
  machine.Put(kData, arguments);
  CHECK(machine.Call(Syscall::k_clone3, kData, 8) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_clone3, kData, 5000) == Error(Errno::k2Big));
  const int64_t child = machine.Call(Syscall::k_clone3, kData, sizeof(arguments));
  CHECK(child == machine.pid + 1);
  CHECK(machine.Get<int32_t>(kData + 0x100) == child);
}

TEST_CASE("Threads share a memory and its cpu, each with its registers", "[kernel]") {
  Family machine;
  constexpr uint64_t kThread = abi::kCloneVm | abi::kCloneFs | abi::kCloneFiles |
                               abi::kCloneSigHand | abi::kCloneThread | abi::kCloneSetTls |
                               abi::kCloneChildClearTid;
  machine.Put<int32_t>(kData, 1);
  const int64_t tid =
      machine.Call(Syscall::k_clone, kThread, kData + 0x1000, 0, kData, 0x7777'0000);
  REQUIRE(tid == machine.pid + 1);
  REQUIRE(machine.process().threads.size() == 2);
  const cpu::CpuState first = machine.cpu();
  machine.CallOfNext(Syscall::k_gettid);
  const cpu::CpuState second = machine.process().threads[1]->ReadCpu();
  CHECK(second.gpr[kRax] == static_cast<uint64_t>(tid));
  CHECK(second.gpr[kRsp] == kData + 0x1000);
  CHECK(second.segment_base[0] == 0x7777'0000);
  CHECK(machine.cpu().gpr[kRsp] == first.gpr[kRsp]);
  CHECK(machine.Call(Syscall::k_gettid) == machine.pid);
  machine.CallOfNext(Syscall::k_exit, 0);
  CHECK(machine.process().threads.size() == 1);
  CHECK(machine.Get<int32_t>(kData) == 0);
  CHECK(machine.Call(Syscall::k_exit, 5) == cpu::kSyscallLeave);
  REQUIRE(machine.kernel.exit_status(machine.pid) != nullptr);
  CHECK(machine.kernel.exit_status(machine.pid)->code == 5);
}

TEST_CASE("A stopped process does not run until SIGCONT", "[kernel]") {
  Family machine;
  const auto child = static_cast<Pid>(machine.Call(Syscall::k_fork));
  machine.CallOfNext(Syscall::k_getpid);
  CHECK(machine.Call(Syscall::k_kill, child, abi::kSigStop) == 0);
  CHECK(machine.kernel.Step().state == StepState::kMore);  // it takes the signal
  CHECK(machine.At(child).is_stopped);
  CHECK(machine.Call(Syscall::k_wait4, -1, kData, abi::kWUntraced, 0) == child);
  CHECK(machine.Get<int32_t>(kData) == (abi::kSigStop << 8 | 0x7f));
  CHECK(machine.Call(Syscall::k_getpid) == machine.pid);  // nobody else's turn
  CHECK(machine.Call(Syscall::k_kill, child, abi::kSigCont) == 0);
  CHECK_FALSE(machine.At(child).is_stopped);
  CHECK(machine.At(child).continue_news);
}

TEST_CASE("Init reaps orphans, and the machine is done when all have ended", "[kernel]") {
  Family machine;
  const auto child = static_cast<Pid>(machine.Call(Syscall::k_fork));
  machine.Send(abi::kSigKill);
  CHECK(machine.kernel.exit_status(machine.pid) == nullptr);
  machine.CallOfNext(Syscall::k_getppid);
  REQUIRE(machine.kernel.exit_status(machine.pid) != nullptr);
  CHECK(machine.kernel.exit_status(machine.pid)->signal == abi::kSigKill);
  CHECK(machine.At(child).parent == kInitPid);
  machine.CallOfNext(Syscall::k_exit_group, 0);
  CHECK(machine.kernel.processes().count(child) == 0);
  CHECK(machine.kernel.Step().state == StepState::kDone);
}

}  // namespace
}  // namespace elfin::kernel
