// Signals: frames, masks, restarts, traps. Numbers are what the same programs show natively.
#include "syscalls/abi/time.h"
#include "tests/syscalls/kernel_machine.h"

namespace elfin::kernel {
namespace {

using namespace elfin::testing;
using cpu::TrapKind;

struct Running : KernelMachine {
  Running() { Spawn(); }
  const ExitStatus* ended() { return kernel.exit_status(pid); }
  void Idle() {
    Slice([](FakeProcessMemory&) { return cpu::ExitReason::kBudget; });
  }
};

TEST_CASE("kill with a handler pushes the frame that Linux pushes", "[kernel][sys_kill]") {
  Running machine;
  machine.Handle(abi::kSigUsr1, 0, SignalSet::Bit(abi::kSigUsr2));
  const uint64_t rip = machine.cpu().rip;
  const uint64_t rsp = machine.cpu().gpr[kRsp];
  CHECK(machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1) == cpu::kSyscallLeave);
  const cpu::CpuState cpu = machine.cpu();
  CHECK(cpu.rip == KernelMachine::kHandler);
  CHECK(cpu.gpr[kRdi] == abi::kSigUsr1);
  CHECK(cpu.gpr[kRsp] % 16 == 8);
  CHECK(cpu.gpr[kRsi] == cpu.gpr[kRsp] + 312);
  CHECK(cpu.gpr[kRdx] == cpu.gpr[kRsp] + 8);
  CHECK(cpu.gpr[kRax] == 0);
  const abi::RtSigFrame frame = machine.Frame();
  CHECK(frame.return_address == KernelMachine::kRestorer);
  CHECK(frame.info.signo == abi::kSigUsr1);
  CHECK(frame.info.code == abi::kSiUser);
  CHECK(frame.info.sender.pid == machine.pid);
  CHECK(frame.context.registers.rip == rip + 2);
  CHECK(frame.context.registers.rsp == rsp);
  CHECK(frame.context.registers.rax == 0);
  CHECK(frame.context.registers.cs == 0x33);
  CHECK(frame.context.registers.ss == 0x2b);
  CHECK(frame.context.registers.fpstate % 64 == 0);
  CHECK(frame.context.registers.fpstate + 512 <= rsp - 128);
  CHECK(frame.context.mask == 0);
  CHECK(machine.thread().blocked().bits ==
        (SignalSet::Bit(abi::kSigUsr1) | SignalSet::Bit(abi::kSigUsr2)));
  machine.ReturnFromHandler();  // SysRtSigreturn
  CHECK(machine.cpu().rip == rip + 2);
  CHECK(machine.cpu().gpr[kRsp] == rsp);
  CHECK(machine.thread().blocked().bits == 0);
}

TEST_CASE("A handler may change what it returns to", "[kernel][sys_rt_sigreturn]") {
  Running machine;
  machine.Handle(abi::kSigUsr1);
  machine.Call(Syscall::k_tgkill, machine.pid, machine.pid, abi::kSigUsr1);
  abi::RtSigFrame frame = machine.Frame();
  CHECK(frame.info.code == abi::kSiTkill);
  frame.context.registers.rip = kEntry + 0x40;
  frame.context.registers.rdi = 99;
  frame.context.registers.rflags |= cpu::kFlagCf | cpu::kFlagNt;
  frame.context.mask = SignalSet::Bit(abi::kSigHup) | SignalSet::Bit(abi::kSigKill);
  machine.Put(machine.cpu().gpr[kRsp], frame);
  machine.ReturnFromHandler();
  CHECK(machine.cpu().rip == kEntry + 0x40);
  CHECK(machine.cpu().gpr[kRdi] == 99);
  CHECK((cpu::ReadRflags(machine.cpu()) & cpu::kFlagCf) != 0);
  CHECK((cpu::ReadRflags(machine.cpu()) & cpu::kFlagNt) == 0);
  CHECK(machine.thread().blocked().bits == SignalSet::Bit(abi::kSigHup));
}

TEST_CASE("sigreturn from nowhere is SIGSEGV", "[kernel]") {
  Running machine;
  machine.Slice([](FakeProcessMemory& memory) {
    memory.state.gpr[kRsp] = 0x10;
    return cpu::ExitReason::kBudget;
  });
  machine.Call(Syscall::k_rt_sigreturn);
  REQUIRE(machine.ended() != nullptr);
  CHECK(machine.ended()->signal == abi::kSigSegv);
}

TEST_CASE("Without a handler a signal does what it does by default", "[kernel]") {
  struct Case {
    int signal;
    bool kills;
  };
  for (const Case& c :
       {Case{abi::kSigTerm, true}, Case{abi::kSigAbrt, true}, Case{abi::kSigChld, false},
        Case{abi::kSigWinch, false}, Case{abi::kSigCont, false}, Case{34, true}}) {
    CAPTURE(c.signal);
    Running machine;
    machine.Call(Syscall::k_tkill, machine.pid, c.signal);
    CHECK((machine.ended() != nullptr) == c.kills);
    if (c.kills) {
      CHECK(machine.ended()->signal == c.signal);
      CHECK(machine.ended()->WaitStatus() == c.signal);
    }
  }
}

TEST_CASE("A fatal signal's message names it", "[kernel]") {
  Running machine;
  machine.Call(Syscall::k_kill, 0, abi::kSigTerm);
  REQUIRE(machine.ended() != nullptr);
  CHECK(machine.ended()->message == "/program: killed by SIGTERM");
  Running quiet;
  quiet.Call(Syscall::k_kill, 0, abi::kSigPipe);
  REQUIRE(quiet.ended() != nullptr);
  CHECK(quiet.ended()->signal == abi::kSigPipe);
  CHECK(quiet.ended()->message.empty());
}

TEST_CASE("Blocked signals wait, and are seen as pending", "[kernel]") {
  Running machine;
  machine.Handle(abi::kSigUsr1);
  machine.Put<uint64_t>(kData, SignalSet::Bit(abi::kSigUsr1) | SignalSet::Bit(abi::kSigKill));
  CHECK(machine.Call(Syscall::k_rt_sigprocmask, abi::kSigBlock, kData, kData + 8, 8) == 0);
  CHECK(machine.thread().blocked().bits == SignalSet::Bit(abi::kSigUsr1));
  CHECK(machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1) == 0);
  CHECK(machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1) == 0);
  CHECK(machine.Call(Syscall::k_rt_sigpending, kData, 8) == 0);
  CHECK(machine.Get<uint64_t>(kData) == SignalSet::Bit(abi::kSigUsr1));
  machine.Put<uint64_t>(kData, 0);
  CHECK(machine.Call(Syscall::k_rt_sigprocmask, abi::kSigSetMask, kData, 0, 8) ==
        cpu::kSyscallLeave);
  CHECK(machine.cpu().rip == KernelMachine::kHandler);
  machine.ReturnFromHandler();
  CHECK(machine.cpu().rip != KernelMachine::kHandler);  // once only
  CHECK(machine.Rax() == 0);
  CHECK(machine.Call(Syscall::k_rt_sigprocmask, 7, kData, 0, 8) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_rt_sigprocmask, 0, kData, 0, 4) == Error(Errno::kInval));
}

TEST_CASE("Dispositions are checked", "[kernel][sys_rt_sigaction]") {
  Running machine;
  machine.Put(kData, abi::KernelSigaction{abi::kSigIgn, 0, 0, UINT64_MAX});
  CHECK(machine.Call(Syscall::k_rt_sigaction, abi::kSigKill, kData, 0, 8) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_rt_sigaction, 65, kData, 0, 8) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_rt_sigaction, 0, kData, 0, 8) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_rt_sigaction, 10, kData, 0, 4) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_rt_sigaction, abi::kSigKill, 0, kData + 64, 8) == 0);
  CHECK(machine.Call(Syscall::k_rt_sigaction, abi::kSigUsr1, kData, 0, 8) == 0);
  CHECK(machine.Call(Syscall::k_rt_sigaction, abi::kSigUsr1, 0, kData + 64, 8) == 0);
  CHECK(machine.Get<abi::KernelSigaction>(kData + 64).mask == ~kUnblockableSignals);
  CHECK(machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1) == 0);  // ignored
  CHECK(machine.Call(Syscall::k_kill, machine.pid, 65) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_kill, 4711, 0) == Error(Errno::kSrch));
  CHECK(machine.Call(Syscall::k_kill, machine.pid, 0) == 0);
  CHECK(machine.Call(Syscall::k_tgkill, 4711, machine.pid, 0) == Error(Errno::kSrch));
}

TEST_CASE("SA_RESETHAND and SA_NODEFER", "[kernel]") {
  Running machine;
  machine.Handle(abi::kSigUsr1, abi::kSaResetHand | abi::kSaNoDefer);
  machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1);
  CHECK(machine.thread().blocked().bits == 0);
  machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1);
  REQUIRE(machine.ended() != nullptr);
  CHECK(machine.ended()->signal == abi::kSigUsr1);
}

TEST_CASE("The alternate stack is used, seen and given back", "[kernel][sys_sigaltstack]") {
  Running machine;
  const uint64_t stack = kData + 0x1000;
  machine.Put(kData, abi::StackT{stack, 0, 0, 0x2000});
  CHECK(machine.Call(Syscall::k_sigaltstack, kData, kData + 32) == 0);
  CHECK(machine.Get<abi::StackT>(kData + 32).flags == abi::kSsDisable);
  machine.Handle(abi::kSigUsr1, abi::kSaOnStack);
  machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1);
  const uint64_t rsp = machine.cpu().gpr[kRsp];
  CHECK(rsp > stack);
  CHECK(rsp < stack + 0x2000);
  CHECK(machine.Frame().context.stack.sp == stack);
  CHECK(machine.Call(Syscall::k_sigaltstack, 0, kData + 32) == 0);
  CHECK(machine.Get<abi::StackT>(kData + 32).flags == abi::kSsOnStack);
  CHECK(machine.Call(Syscall::k_sigaltstack, kData, 0) == Error(Errno::kPerm));
  machine.ReturnFromHandler();
  CHECK(machine.Call(Syscall::k_sigaltstack, 0, kData + 32) == 0);
  CHECK(machine.Get<abi::StackT>(kData + 32).flags == 0);
  machine.Put(kData, abi::StackT{stack, 0, 0, 100});
  CHECK(machine.Call(Syscall::k_sigaltstack, kData, 0) == Error(Errno::kNoMem));
}

TEST_CASE("A handler without room for its frame is SIGSEGV", "[kernel]") {
  Running machine;
  machine.Handle(abi::kSigUsr1);
  machine.Slice([](FakeProcessMemory& memory) {
    memory.state.gpr[kRsp] = 0x10'0000'0000;
    return cpu::ExitReason::kBudget;
  });
  machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1);
  REQUIRE(machine.ended() != nullptr);
  CHECK(machine.ended()->signal == abi::kSigSegv);
}

struct TrapCase {
  TrapKind kind;
  uint64_t address;
  uint32_t access;
  int signal;
  int32_t code;
  uint64_t fault_address;  // kEntry: the instruction's
  uint64_t number;
  uint64_t error;
};

TEST_CASE("Traps become the signals that Linux makes of them", "[kernel]") {
  const uint64_t text = kProgramBase;  // mapped read and execute
  for (const TrapCase& c : {
           TrapCase{TrapKind::kPageFault, 0x10, 4, 11, 1, 0x10, 14, 4},
           TrapCase{TrapKind::kPageFault, 0x10, 6, 11, 1, 0x10, 14, 6},
           TrapCase{TrapKind::kPageFault, 0x10, 0x14, 11, 1, 0x10, 14, 0x14},
           TrapCase{TrapKind::kPageFault, text, 6, 11, 2, text, 14, 7},
           TrapCase{TrapKind::kPageFault, kData, 0x14, 11, 2, kData, 14, 0x15},
           TrapCase{TrapKind::kDivide, 0, 0, 8, 1, kEntry, 0, 0},
           TrapCase{TrapKind::kInvalidOpcode, 0, 0, 4, 2, kEntry, 6, 0},
           TrapCase{TrapKind::kNotImplemented, 0, 0, 4, 2, kEntry, 6, 0},
           TrapCase{TrapKind::kBreakpoint, 0, 0, 5, 128, 0, 3, 0},
           TrapCase{TrapKind::kDebug, 0, 0, 5, 1, kEntry, 1, 0},
           TrapCase{TrapKind::kGeneralProtection, 0, 0, 11, 128, 0, 13, 0},
           TrapCase{TrapKind::kOverflow, 0, 0, 11, 128, 0, 4, 0},
           TrapCase{TrapKind::kAlignment, 0, 0, 7, 1, 0, 17, 0},
       }) {
    CAPTURE(static_cast<int>(c.kind), c.address);
    Running machine;
    machine.Handle(c.signal);
    machine.Slice([](FakeProcessMemory& memory) {
      memory.state.rip = kEntry;
      return cpu::ExitReason::kBudget;
    });
    machine.Trap(c.kind, c.address, c.access);
    CHECK(machine.cpu().rip == KernelMachine::kHandler);
    const abi::RtSigFrame frame = machine.Frame();
    CHECK(frame.info.signo == c.signal);
    CHECK(frame.info.code == c.code);
    CHECK(frame.info.fault.address == c.fault_address);
    CHECK(frame.context.registers.trap_number == c.number);
    CHECK(frame.context.registers.error_code == c.error);
    const bool fault = c.number != 1 && c.number != 3 && c.number != 4;
    CHECK(((frame.context.registers.rflags >> 16) & 1) == (fault ? 1u : 0u));
  }
}

TEST_CASE("Floating-point traps say what was raised", "[kernel]") {
  Running machine;
  machine.Handle(abi::kSigFpe);
  machine.Slice([](FakeProcessMemory& memory) {
    memory.state.mxcsr = (0x1f80 & ~0x200u) | 4;  // division by zero, unmasked
    memory.state.trap = {TrapKind::kSimd, 0, 0};
    return cpu::ExitReason::kTrap;
  });
  CHECK(machine.Frame().info.code == abi::kFpeFltDiv);
  machine.ReturnFromHandler();
  machine.Slice([](FakeProcessMemory& memory) {
    memory.state.x87_control = 0x37e;
    memory.state.x87_status = 1 | 0x80;
    memory.state.trap = {TrapKind::kX87, 0, 0};
    return cpu::ExitReason::kTrap;
  });
  CHECK(machine.Frame().info.code == abi::kFpeFltInv);
}

TEST_CASE("A fatal trap's message has address and bytes", "[kernel]") {
  Running machine;
  machine.Trap(TrapKind::kPageFault, 0x10, 4);
  REQUIRE(machine.ended() != nullptr);
  CHECK(machine.ended()->message ==
        "/program: killed by SIGSEGV: page fault reading 0x10 at 0x400200: 00 01 02 03 04 05 06 07 "
        "08 09 0a 0b 0c 0d 0e");
}

TEST_CASE("A blocked or ignored trap signal kills all the same", "[kernel]") {
  Running machine;
  machine.Handle(abi::kSigSegv);
  machine.Put<uint64_t>(kData, SignalSet::Bit(abi::kSigSegv));
  machine.Call(Syscall::k_rt_sigprocmask, abi::kSigBlock, kData, 0, 8);
  machine.Trap(TrapKind::kPageFault, 0x10, 4);
  REQUIRE(machine.ended() != nullptr);
  CHECK(machine.ended()->signal == abi::kSigSegv);
}

TEST_CASE("An instruction that isn't there is reported once", "[kernel]") {
  Running machine;
  machine.Handle(abi::kSigIll);
  machine.Trap(TrapKind::kNotImplemented);
  machine.ReturnFromHandler();
  machine.Trap(TrapKind::kNotImplemented);
  CHECK(std::count(machine.host.reports.begin(), machine.host.reports.end(), '\n') == 1);
  CHECK(machine.host.reports.find("instruction that Elfin doesn't have yet at 0x400202: 02 03") !=
        std::string::npos);
}

TEST_CASE("An interrupted read is restarted or not, as the handler says", "[kernel]") {
  for (const bool restart : {true, false}) {
    Running machine;
    machine.Handle(abi::kSigUsr1, restart ? abi::kSaRestart : 0);
    const uint64_t rip = machine.cpu().rip;
    CHECK(machine.Call(Syscall::k_read, 0, kData, 8) == cpu::kSyscallLeave);
    CHECK(machine.kernel.Step().state == StepState::kIdle);
    machine.Send(abi::kSigUsr1);
    machine.Idle();
    CHECK(machine.cpu().rip == KernelMachine::kHandler);
    machine.ReturnFromHandler();
    if (restart) {
      CHECK(machine.cpu().rip == rip);
      CHECK(machine.Rax() == 0);  // read's number
    } else {
      CHECK(machine.cpu().rip == rip + 2);
      CHECK(machine.Rax() == Error(Errno::kIntr));
    }
  }
}

TEST_CASE("An ignored signal doesn't disturb a read", "[kernel]") {
  Running machine;
  machine.Call(Syscall::k_read, 0, kData, 8);
  machine.Send(abi::kSigChld);
  CHECK(machine.kernel.Step().state == StepState::kIdle);
  machine.host.input = "hello";
  machine.kernel.StreamReady(0);
  machine.Idle();
  CHECK(machine.Rax() == 5);
}

TEST_CASE("A fatal signal ends a blocked call", "[kernel]") {
  Running machine;
  machine.Call(Syscall::k_pause);  // SysPause
  CHECK(machine.kernel.Step().state == StepState::kIdle);
  machine.Send(abi::kSigKill);
  CHECK(machine.kernel.Step().state == StepState::kDone);
  REQUIRE(machine.ended() != nullptr);
  CHECK(machine.ended()->signal == abi::kSigKill);
}

TEST_CASE("sigsuspend lets a signal in and restores the mask", "[kernel][sys_rt_sigsuspend]") {
  Running machine;
  machine.Handle(abi::kSigUsr1);
  machine.Put<uint64_t>(kData, SignalSet::Bit(abi::kSigUsr1));
  machine.Call(Syscall::k_rt_sigprocmask, abi::kSigBlock, kData, 0, 8);
  machine.Call(Syscall::k_kill, machine.pid, abi::kSigUsr1);
  machine.Put<uint64_t>(kData, SignalSet::Bit(abi::kSigUsr2));
  machine.Call(Syscall::k_rt_sigsuspend, kData, 8);
  CHECK(machine.cpu().rip == KernelMachine::kHandler);
  CHECK(machine.Frame().context.mask == SignalSet::Bit(abi::kSigUsr1));
  machine.ReturnFromHandler();
  CHECK(machine.Rax() == Error(Errno::kIntr));
  CHECK(machine.thread().blocked().bits == SignalSet::Bit(abi::kSigUsr1));
}

TEST_CASE("sigtimedwait takes a blocked signal or times out", "[kernel][sys_rt_sigtimedwait]") {
  Running machine;
  machine.Put<uint64_t>(kData, SignalSet::Bit(abi::kSigUsr1));
  machine.Call(Syscall::k_rt_sigprocmask, abi::kSigBlock, kData, 0, 8);
  machine.Put(kData + 16, abi::Timespec{1, 0});
  machine.Call(Syscall::k_rt_sigtimedwait, kData, kData + 64, kData + 16, 8);
  machine.Send(abi::kSigUsr1);
  machine.Idle();
  CHECK(machine.Rax() == abi::kSigUsr1);
  CHECK(machine.Get<abi::SigInfo>(kData + 64).signo == abi::kSigUsr1);
  machine.Call(Syscall::k_rt_sigtimedwait, kData, 0, kData + 16, 8);
  machine.Advance(2'000'000'000);
  machine.Idle();
  CHECK(machine.Rax() == Error(Errno::kAgain));
}

TEST_CASE("Queued signals keep their values and order", "[kernel]") {
  Running machine;
  machine.Handle(34);
  machine.Put<uint64_t>(kData, SignalSet::Bit(34));
  machine.Call(Syscall::k_rt_sigprocmask, abi::kSigBlock, kData, 0, 8);
  for (uint64_t value : {7, 8}) {
    abi::SigInfo info{};
    info.code = abi::kSiQueue;
    info.sender.value = value;
    machine.Put(kData + 64, info);
    if (value == 7)
      CHECK(machine.Call(Syscall::k_rt_sigqueueinfo, machine.pid, 34, kData + 64) == 0);
    if (value == 8) {
      CHECK(machine.Call(Syscall::k_rt_tgsigqueueinfo, machine.pid, machine.pid, 34, kData + 64) ==
            0);
    }
  }
  machine.Put<uint64_t>(kData, 0);
  machine.Call(Syscall::k_rt_sigprocmask, abi::kSigSetMask, kData, 0, 8);
  CHECK(machine.Frame().info.sender.value == 8);  // the thread's own first
  machine.ReturnFromHandler();
  CHECK(machine.Frame().info.sender.value == 7);
}

}  // namespace
}  // namespace elfin::kernel
