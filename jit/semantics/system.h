// Flags, time stamps, identification, system calls, fences. (SDM vol. 1, 5.1.13 and 5.1.14)
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"
#include "jit/semantics/stack.h"

namespace elfin::semantics {

template <class M, class I>
void Lahf(M& m, const I&) {
  m.SetReg(kAhOffset, m.Truncate(kBits8, FlagsLowByte(m)));
}

template <class M, class I>
void Sahf(M& m, const I&) {
  auto low = m.ZeroExtend(kBits64, m.GetReg(kBits8, kAhOffset));
  auto overflow = m.Shl(m.FromBit(kBits64, ReadOf(m)), m.Const(kBits64, 11));
  WriteArithmeticFlags(m, m.Or(low, overflow));
}

template <bool kValue, class M, class I>
void SetCarry(M& m, const I&) {
  auto overflow = ReadOf(m);
  WriteCarryAndOverflow(m, m.ConstBit(kValue), overflow);
}

template <class M, class I>
void Cmc(M& m, const I&) {
  auto overflow = ReadOf(m);
  WriteCarryAndOverflow(m, m.Not(ReadCf(m)), overflow);
}

template <bool kValue, class M, class I>
void SetDirection(M& m, const I&) {
  constexpr uint16_t other = offsetof(cpu::CpuState, other_flags);
  auto kept = m.And(m.GetReg(kBits64, other), m.Const(kBits64, ~cpu::kFlagDf));
  m.SetReg(other, m.Or(kept, m.Const(kBits64, kValue ? cpu::kFlagDf : 0)));
}

/// SYSCALL: rcx ← next rip, r11 ← rflags; then the kernel. rip is valid while the kernel runs.
template <class M, class I>
void Syscall(M& m, const I& insn) {
  auto next = m.Const(kBits64, insn.raw.next_address());
  WriteGpr(m, kRcx, next);
  m.SetReg(decoder::GprOffset(11), ReadAllFlags(m));
  m.SetReg(offsetof(cpu::CpuState, rip), next);
  m.CallKernel();
}

/// RDTSC, RDTSCP: a counter that goes on with time or instructions; the machine says which.
template <class M, class I>
void Rdtsc(M& m, const I&) {
  auto ticks = m.TimeStamp();
  WriteGpr(m, kRax, m.Truncate(kBits32, ticks));
  WriteGpr(m, kRdx, m.Truncate(kBits32, m.ShrU(ticks, m.Const(kBits64, 32))));
}
template <class M, class I>
void Rdtscp(M& m, const I& insn) {
  Rdtsc(m, insn);
  WriteGpr(m, kRcx, m.Const(kBits32, 0));  // one processor, number 0
}

/// CPUID: eax and ecx select; runtime/cpu/cpuid.h answers.
template <class M, class I>
void Cpuid(M& m, const I&) {
  m.CpuidHelper();
}

}  // namespace elfin::semantics
