// Ids, limits, names and the rest of what a process can ask about itself.
#include <sys/resource.h>

#include <map>

#include "syscalls/abi/time.h"
#include "syscalls/abi/utsname.h"
#include "tests/syscalls/kernel_machine.h"

namespace elfin::kernel {
namespace {

using namespace elfin::testing;

struct Running : KernelMachine {
  Running() { Spawn(); }
  int64_t PutString(uint64_t at, const std::string& text) {
    REQUIRE(process().memory->CopyOut(GuestAddr{at}, text.c_str(), text.size() + 1).ok());
    return static_cast<int64_t>(at);
  }
};

// SysGetpid SysGetppid SysGettid SysGetpgrp SysGetpgid SysSetpgid SysGetsid SysSetsid
TEST_CASE("A process knows its numbers", "[kernel]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_getpid) == machine.pid);
  CHECK(machine.Call(Syscall::k_gettid) == machine.pid);
  CHECK(machine.Call(Syscall::k_getppid) == kernel::kInitPid);
  CHECK(machine.Call(Syscall::k_getpgrp) == machine.pid);
  CHECK(machine.Call(Syscall::k_getpgid, 0) == machine.pid);
  CHECK(machine.Call(Syscall::k_getpgid, 4711) == Error(Errno::kSrch));
  CHECK(machine.Call(Syscall::k_getsid, 0) == machine.pid);
  CHECK(machine.Call(Syscall::k_setsid) == Error(Errno::kPerm));
  CHECK(machine.Call(Syscall::k_setpgid, 0, 0) == Error(Errno::kPerm));
  CHECK(machine.Call(Syscall::k_set_tid_address, kData) == machine.pid);
  CHECK(machine.Call(Syscall::k_set_robust_list, kData, 24) == 0);
  CHECK(machine.Call(Syscall::k_set_robust_list, kData, 8) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_get_robust_list, 0, kData, kData + 8) == 0);
  CHECK(machine.Get<uint64_t>(kData) == kData);
  CHECK(machine.Call(Syscall::k_wait4, -1, 0, 0, 0) == Error(Errno::kChild));
  CHECK(machine.Call(Syscall::k_wait4, -1, 0, 0x100, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_waitid, 0, 0, 0, 4, 0) == Error(Errno::kChild));
  CHECK(machine.Call(Syscall::k_waitid, 0, 0, 0, 0, 0) == Error(Errno::kInval));
}

// SysGetuid SysGeteuid SysGetgid SysGetegid SysSetfsgid SysSetregid SysSetresgid SysGetresgid
// SysSetgid
TEST_CASE("User 0 may become anybody, and nobody may come back", "[kernel]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_getuid) == 0);
  CHECK(machine.Call(Syscall::k_setresuid, 1000, -1, 1001) == 0);
  CHECK(machine.Call(Syscall::k_getresuid, kData, kData + 4, kData + 8) == 0);
  CHECK(machine.Get<uint32_t>(kData) == 1000);
  CHECK(machine.Get<uint32_t>(kData + 4) == 0);
  CHECK(machine.Get<uint32_t>(kData + 8) == 1001);
  machine.Put<uint32_t>(kData, 5);
  CHECK(machine.Call(Syscall::k_setgroups, 1, kData) == 0);
  CHECK(machine.Call(Syscall::k_getgroups, 0, 0) == 1);
  CHECK(machine.Call(Syscall::k_getgroups, 4, kData + 16) == 1);
  CHECK(machine.Get<uint32_t>(kData + 16) == 5);
  CHECK(machine.Call(Syscall::k_setgid, 7) == 0);
  CHECK(machine.Call(Syscall::k_getgid) == 7);
  CHECK(machine.Call(Syscall::k_getegid) == 7);
  CHECK(machine.Call(Syscall::k_setuid, 1000) == 0);
  CHECK(machine.Call(Syscall::k_geteuid) == 1000);
  CHECK(machine.Call(Syscall::k_setuid, 0) == Error(Errno::kPerm));
  CHECK(machine.Call(Syscall::k_setreuid, 0, -1) == Error(Errno::kPerm));
  CHECK(machine.Call(Syscall::k_setreuid, -1, 1000) == 0);
  CHECK(machine.Call(Syscall::k_setresuid, 0, 0, 0) == Error(Errno::kPerm));
  CHECK(machine.Call(Syscall::k_setfsuid, 0) == 1000);
  CHECK(machine.Call(Syscall::k_setfsuid, -1) == 1000);
  CHECK(machine.Call(Syscall::k_setfsgid, -1) == 7);
  CHECK(machine.Call(Syscall::k_setregid, 7, 7) == 0);
  CHECK(machine.Call(Syscall::k_setresgid, -1, -1, 7) == 0);
  CHECK(machine.Call(Syscall::k_getresgid, kData, kData + 4, kData + 8) == 0);
  CHECK(machine.Call(Syscall::k_setgroups, 0, 0) == Error(Errno::kPerm));
}

// SysGetrlimit SysSetrlimit SysPrlimit64 SysGetrusage
TEST_CASE("Limits are kept, checked and felt", "[kernel]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_getrlimit, RLIMIT_STACK, kData) == 0);
  CHECK(machine.Get<ResourceLimit>(kData).current == 8 << 20);
  CHECK(machine.Call(Syscall::k_getrlimit, 16, kData) == Error(Errno::kInval));
  machine.Put(kData, ResourceLimit{5, 4});
  CHECK(machine.Call(Syscall::k_setrlimit, RLIMIT_CORE, kData) == Error(Errno::kInval));
  machine.Put(kData, ResourceLimit{3, 64});
  CHECK(machine.Call(Syscall::k_prlimit64, 0, RLIMIT_NOFILE, kData, kData + 16) == 0);
  CHECK(machine.Get<ResourceLimit>(kData + 16).current == 1024);
  CHECK(machine.Call(Syscall::k_dup, 0) == Error(Errno::kMFile));
  machine.Put(kData, ResourceLimit{1 << 20, 1 << 20});
  CHECK(machine.Call(Syscall::k_setrlimit, RLIMIT_AS, kData) == 0);
  CHECK(machine.Call(Syscall::k_mmap, 0, 0x1000, 3, 0x22, -1, 0) == Error(Errno::kNoMem));
  CHECK(machine.Call(Syscall::k_prlimit64, 4711, 0, 0, 0) == Error(Errno::kSrch));
  CHECK(machine.Call(Syscall::k_setuid, 1000) == 0);
  machine.Put(kData, ResourceLimit{2 << 20, 2 << 20});
  CHECK(machine.Call(Syscall::k_setrlimit, RLIMIT_AS, kData) == Error(Errno::kPerm));
  CHECK(machine.Call(Syscall::k_getrusage, 0, kData) == 0);
  CHECK(machine.Get<abi::Rusage>(kData).user_time.seconds == 0);
  CHECK(machine.Call(Syscall::k_getrusage, -1, kData) == 0);
  CHECK(machine.Call(Syscall::k_getrusage, 5, kData) == Error(Errno::kInval));
}

// SysUname SysSysinfo SysGetrandom SysGetcpu SysMembarrier SysPersonality
TEST_CASE("The machine says what it is", "[kernel]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_uname, kData) == 0);
  const auto name = machine.Get<abi::UtsName>(kData);
  CHECK(std::string(name.system) == "Linux");
  CHECK(std::string(name.machine) == "x86_64");
  CHECK(std::string(name.node) == "elfin");
  CHECK(std::string(name.release).substr(0, 4) == "6.1.");
  CHECK(machine.Call(Syscall::k_sysinfo, kData) == 0);
  CHECK(machine.Get<abi::SysInfo>(kData).uptime_seconds == 5);
  CHECK(machine.Get<abi::SysInfo>(kData).total_ram == kGuestEnd - kGuestBegin);
  CHECK(machine.Call(Syscall::k_getrandom, kData, 10, 0) == 10);
  CHECK(machine.Get<uint8_t>(kData + 9) == 0x5a);
  CHECK(machine.Call(Syscall::k_getrandom, kData, 10, 8) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_getrandom, 0x10, 10, 0) == Error(Errno::kFault));
  CHECK(machine.Call(Syscall::k_getrandom, kData, 0x10000, 0) == 0x8000);  // to the mapping's end
  CHECK(machine.Call(Syscall::k_getcpu, kData, kData + 4, 0) == 0);
  CHECK(machine.Get<uint64_t>(kData) == 0);
  CHECK(machine.Call(Syscall::k_membarrier, 0, 0, 0) == 1);
  CHECK(machine.Call(Syscall::k_membarrier, 8, 0, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_personality, 0xffffffff) == 0);
  CHECK(machine.Call(Syscall::k_personality, 0x40000) == 0);
  CHECK(machine.Call(Syscall::k_personality, 0xffffffff) == 0x40000);
  CHECK(machine.Call(Syscall::k_personality, 8) == Error(Errno::kInval));
}

// SysSchedYield SysSchedGetaffinity SysSchedSetaffinity SysSchedGetscheduler SysSchedSetscheduler
// SysSchedGetparam SysSchedSetparam SysSchedGetPriorityMax SysSchedGetPriorityMin
// SysSchedRrGetInterval SysGetpriority SysSetpriority
TEST_CASE("One processor, ordinary policies", "[kernel]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_sched_getaffinity, 0, 128, kData) == 8);
  CHECK(machine.Get<uint64_t>(kData) == 1);
  CHECK(machine.Call(Syscall::k_sched_setaffinity, 0, 8, kData) == 0);
  machine.Put<uint64_t>(kData, 2);
  CHECK(machine.Call(Syscall::k_sched_setaffinity, 0, 8, kData) == Error(Errno::kInval));
  machine.Put<int32_t>(kData, 0);
  CHECK(machine.Call(Syscall::k_sched_setscheduler, 0, 3, kData) == 0);
  CHECK(machine.Call(Syscall::k_sched_getscheduler, 0) == 3);
  CHECK(machine.Call(Syscall::k_sched_setscheduler, 0, 1, kData) == Error(Errno::kPerm));
  CHECK(machine.Call(Syscall::k_sched_setparam, 0, kData) == 0);
  CHECK(machine.Call(Syscall::k_sched_getparam, 0, kData) == 0);
  CHECK(machine.Call(Syscall::k_sched_get_priority_max, 1) == 99);
  CHECK(machine.Call(Syscall::k_sched_get_priority_min, 0) == 0);
  CHECK(machine.Call(Syscall::k_sched_get_priority_min, 77) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_sched_rr_get_interval, 0, kData) == 0);
  CHECK(machine.Call(Syscall::k_getpriority, 0, 0) == 20);
  CHECK(machine.Call(Syscall::k_setpriority, 0, 0, 5) == 0);
  CHECK(machine.Call(Syscall::k_getpriority, 0, 0) == 15);
  CHECK(machine.Call(Syscall::k_getpriority, 3, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_sched_yield) == cpu::kSyscallLeave);
  machine.Slice([](FakeProcessMemory&) { return cpu::ExitReason::kBudget; });
  CHECK(machine.Rax() == 0);
}

TEST_CASE("prctl keeps names and switches", "[kernel][sys_prctl]") {
  Running machine;
  machine.PutString(kData, "a name that is too long");
  CHECK(machine.Call(Syscall::k_prctl, 15, kData, 0, 0, 0) == 0);
  CHECK(machine.process().name == "a name that is ");
  CHECK(machine.Call(Syscall::k_prctl, 16, kData + 64, 0, 0, 0) == 0);
  CHECK(machine.Get<uint8_t>(kData + 64 + 15) == 0);
  CHECK(machine.Call(Syscall::k_prctl, 15, 0x10, 0, 0, 0) == Error(Errno::kFault));
  CHECK(machine.Call(Syscall::k_prctl, 38, 1, 0, 0, 0) == 0);
  CHECK(machine.Call(Syscall::k_prctl, 39, 0, 0, 0, 0) == 1);
  CHECK(machine.Call(Syscall::k_prctl, 4, 0, 0, 0, 0) == 0);
  CHECK(machine.Call(Syscall::k_prctl, 3, 0, 0, 0, 0) == 0);
  CHECK(machine.Call(Syscall::k_prctl, 1, 15, 0, 0, 0) == 0);
  CHECK(machine.Call(Syscall::k_prctl, 2, kData, 0, 0, 0) == 0);
  CHECK(machine.Get<int32_t>(kData) == 15);
  CHECK(machine.Call(Syscall::k_prctl, 4711, 0, 0, 0, 0) == Error(Errno::kInval));
}

TEST_CASE("arch_prctl moves the segment bases", "[kernel][sys_arch_prctl]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_arch_prctl, 0x1002, kData) == 0);
  CHECK(machine.cpu().segment_base[0] == kData);
  CHECK(machine.Call(Syscall::k_arch_prctl, 0x1001, kData + 8) == 0);
  CHECK(machine.cpu().segment_base[1] == kData + 8);
  CHECK(machine.Call(Syscall::k_arch_prctl, 0x1003, kData) == 0);
  CHECK(machine.Get<uint64_t>(kData) == kData);
  CHECK(machine.Call(Syscall::k_arch_prctl, 0x1004, kData) == 0);
  CHECK(machine.Call(Syscall::k_arch_prctl, 0x1002, UINT64_MAX) == Error(Errno::kPerm));
  CHECK(machine.Call(Syscall::k_arch_prctl, 0x1012, 0) == Error(Errno::kNoDev));
  CHECK(machine.Call(Syscall::k_arch_prctl, 1, 0) == Error(Errno::kInval));
}

TEST_CASE("A time slice's length follows the time that slices take", "[kernel]") {
  KernelMachine machine;
  machine.Spawn();
  const auto budgets = [&](int64_t elapsed_ns, cpu::ExitReason reason, int count) {
    std::vector<int64_t> seen;
    for (int n = 0; n < count; ++n) {
      machine.Slice([&](FakeProcessMemory& memory) {
        seen.push_back(memory.state.budget);
        machine.host.monotonic_ns += elapsed_ns;
        return reason;
      });
    }
    return seen;
  };
  using Budgets = std::vector<int64_t>;
  CHECK(budgets(3'000'000, cpu::ExitReason::kBudget, 2) == Budgets{kFirstSlice, kFirstSlice});
  CHECK(budgets(400'000, cpu::ExitReason::kKernel, 1) == Budgets{kFirstSlice});
  CHECK(budgets(400'000, cpu::ExitReason::kBudget, 3) ==
        Budgets{kFirstSlice, kLongestSlice, kLongestSlice});
  CHECK(budgets(40'000'000, cpu::ExitReason::kBudget, 6) ==
        Budgets{2'000'000, 1'000'000, 500'000, 250'000, 125'000, kShortestSlice});
}

}  // namespace
}  // namespace elfin::kernel
