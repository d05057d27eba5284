// Clocks, sleeping, timers and futexes: what waits for time or for a wake-up.
#include "syscalls/abi/time.h"
#include "tests/syscalls/kernel_machine.h"

namespace elfin::kernel {
namespace {

using namespace elfin::testing;

constexpr int64_t kSecond = 1'000'000'000;

struct Running : KernelMachine {
  Running() { Spawn(); }
  void Idle() {
    Slice([](FakeProcessMemory&) { return cpu::ExitReason::kBudget; });
  }
};

TEST_CASE("Clocks tell the host's time", "[kernel]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_clock_gettime, 0, kData) == 0);
  CHECK(machine.Get<abi::Timespec>(kData).seconds == 1'700'000'000);
  CHECK(machine.Call(Syscall::k_clock_gettime, 1, kData) == 0);
  CHECK(machine.Get<abi::Timespec>(kData).seconds == 5);
  CHECK(machine.Call(Syscall::k_clock_gettime, 99, kData) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_clock_gettime, 0, 0x10) == Error(Errno::kFault));
  CHECK(machine.Call(Syscall::k_clock_getres, 5, kData) == 0);
  CHECK(machine.Get<abi::Timespec>(kData).nanoseconds == 4'000'000);
  CHECK(machine.Call(Syscall::k_gettimeofday, kData, kData + 16) == 0);
  CHECK(machine.Get<abi::Timeval>(kData).seconds == 1'700'000'000);
  CHECK(machine.Call(Syscall::k_time, kData) == 1'700'000'000);
  CHECK(machine.Call(Syscall::k_times, kData) == 500);
}

TEST_CASE("nanosleep sleeps until its time", "[kernel][sys_nanosleep]") {
  Running machine;
  machine.Put(kData, abi::Timespec{2, 500});
  CHECK(machine.Call(Syscall::k_nanosleep, kData, kData + 16) == cpu::kSyscallLeave);
  const StepResult step = machine.kernel.Step();
  CHECK(step.state == StepState::kIdle);
  CHECK(step.deadline_ns == 7 * kSecond + 500);
  machine.Advance(2 * kSecond);
  CHECK(machine.kernel.Step().state == StepState::kIdle);
  machine.Advance(500);
  machine.Idle();
  CHECK(machine.Rax() == 0);
  machine.Put(kData, abi::Timespec{0, kSecond});
  CHECK(machine.Call(Syscall::k_nanosleep, kData, 0) == Error(Errno::kInval));
  machine.Put(kData, abi::Timespec{0, 0});
  CHECK(machine.Call(Syscall::k_nanosleep, kData, 0) == 0);
}

TEST_CASE("A handler ends a sleep and tells what is left", "[kernel]") {
  Running machine;
  machine.Handle(abi::kSigUsr1, abi::kSaRestart);
  machine.Put(kData, abi::Timespec{10, 0});
  machine.Call(Syscall::k_clock_nanosleep, 1, 0, kData, kData + 16);
  machine.Advance(4 * kSecond);
  machine.Send(abi::kSigUsr1);
  machine.Idle();
  CHECK(machine.Get<abi::Timespec>(kData + 16).seconds == 6);
  machine.ReturnFromHandler();
  CHECK(machine.Rax() == Error(Errno::kIntr));
}

TEST_CASE("A sleep interrupted without a handler goes on", "[kernel][sys_restart_syscall]") {
  Running machine;
  machine.Put(kData, abi::Timespec{10, 0});
  machine.Call(Syscall::k_nanosleep, kData, 0);
  machine.Send(abi::kSigTstp);  // stopping is not there: nothing happens
  machine.Idle();
  CHECK(machine.Rax() == 219);
  CHECK(machine.Call(Syscall::k_restart_syscall) == cpu::kSyscallLeave);
  machine.Advance(10 * kSecond);
  machine.Idle();
  CHECK(machine.Rax() == 0);
  CHECK(machine.Call(Syscall::k_restart_syscall) == Error(Errno::kIntr));
}

TEST_CASE("Absolute sleeps name their clock", "[kernel]") {
  Running machine;
  machine.Put(kData, abi::Timespec{1'700'000'003, 0});
  machine.Call(Syscall::k_clock_nanosleep, 0, 1, kData, 0);
  CHECK(machine.kernel.Step().deadline_ns == 8 * kSecond);
  machine.Advance(3 * kSecond);
  machine.Idle();
  CHECK(machine.Rax() == 0);
  CHECK(machine.Call(Syscall::k_clock_nanosleep, 1, 1, kData + 64, 0) == 0);  // long past
  CHECK(machine.Call(Syscall::k_clock_nanosleep, 3, 0, kData, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_clock_nanosleep, 2, 0, kData, 0) == Error(Errno::kOpNotSupp));
}

TEST_CASE("alarm rings", "[kernel][sys_alarm]") {
  Running machine;
  machine.Handle(abi::kSigAlrm);
  CHECK(machine.Call(Syscall::k_alarm, 10) == 0);
  machine.Advance(3 * kSecond);
  CHECK(machine.Call(Syscall::k_alarm, 2) == 7);
  machine.Idle();
  CHECK(machine.cpu().rip != KernelMachine::kHandler);
  machine.Advance(2 * kSecond);
  machine.Idle();
  CHECK(machine.cpu().rip == KernelMachine::kHandler);
  CHECK(machine.Call(Syscall::k_alarm, 0) == 0);
}

TEST_CASE("setitimer repeats", "[kernel][sys_setitimer]") {
  Running machine;
  machine.Handle(abi::kSigAlrm, abi::kSaNoDefer);
  machine.Put(kData, abi::ITimerVal{{0, 500'000}, {1, 0}});
  CHECK(machine.Call(Syscall::k_setitimer, 0, kData, kData + 32) == 0);
  CHECK(machine.Get<abi::ITimerVal>(kData + 32).value.seconds == 0);
  machine.Advance(kSecond);
  machine.Idle();
  CHECK(machine.cpu().rip == KernelMachine::kHandler);
  machine.ReturnFromHandler();
  CHECK(machine.Call(Syscall::k_getitimer, 0, kData + 32) == 0);
  CHECK(machine.Get<abi::ITimerVal>(kData + 32).value.microseconds == 500'000);
  machine.Advance(kSecond / 2);
  machine.Idle();
  CHECK(machine.cpu().rip == KernelMachine::kHandler);
  CHECK(machine.Call(Syscall::k_setitimer, 3, kData, 0) == Error(Errno::kInval));
  machine.Put(kData, abi::ITimerVal{{0, 0}, {0, 1'000'000}});
  CHECK(machine.Call(Syscall::k_setitimer, 0, kData, 0) == Error(Errno::kInval));
}

TEST_CASE("FUTEX_WAIT compares, times out and is interrupted", "[kernel][sys_futex]") {
  Running machine;
  machine.Put<uint32_t>(kData, 5);
  CHECK(machine.Call(Syscall::k_futex, kData, 128, 4, 0, 0, 0) == Error(Errno::kAgain));
  CHECK(machine.Call(Syscall::k_futex, kData + 1, 0, 5, 0, 0, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_futex, 0x10, 0, 5, 0, 0, 0) == Error(Errno::kFault));
  CHECK(machine.Call(Syscall::k_futex, kData, 1, 5, 0, 0, 0) == 0);  // nobody to wake
  CHECK(machine.Call(Syscall::k_futex, kData, 9, 5, 0, 0, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_futex, kData, 11, 5, 0, 0, 0) == Error(Errno::kNoSys));
  machine.Put(kData + 16, abi::Timespec{1, 0});
  machine.Call(Syscall::k_futex, kData, 0, 5, kData + 16, 0, 0);
  machine.Advance(kSecond);
  machine.Idle();
  CHECK(machine.Rax() == Error(Errno::kTimedOut));
  machine.Handle(abi::kSigUsr1);
  machine.Call(Syscall::k_futex, kData, 0, 5, 0, 0, 0);
  machine.Send(abi::kSigUsr1);
  machine.Idle();
  machine.ReturnFromHandler();
  CHECK(machine.Rax() == Error(Errno::kIntr));
}

TEST_CASE("Futex waiters are woken in order, moved and matched by bitset", "[kernel]") {
  Running machine;
  Futexes& futexes = machine.kernel.futexes();
  Thread& thread = machine.thread();
  const Futexes::Key a{&machine.thread().context.memory(), 0x1000};
  const Futexes::Key b{a.scope, 0x2000};
  auto first = futexes.WaitOn(thread, a, 1, std::nullopt);
  auto second = futexes.WaitOn(thread, a, 2, std::nullopt);
  auto third = futexes.WaitOn(thread, a, 3, std::nullopt);
  CHECK(futexes.Wake(a, 1, 2) == 1);
  machine.kernel.scheduler().ResumeReady();
  CHECK_FALSE(first.ready());
  CHECK(second.ready());
  CHECK(futexes.Requeue(a, b, 1, 5) == 2);
  machine.kernel.scheduler().ResumeReady();
  CHECK(first.ready());
  CHECK_FALSE(third.ready());
  CHECK(futexes.Wake(a, 9, UINT32_MAX) == 0);
  CHECK(futexes.Wake(b, 9, UINT32_MAX) == 1);
  machine.kernel.scheduler().ResumeReady();
  CHECK(third.ready());
}

}  // namespace
}  // namespace elfin::kernel
