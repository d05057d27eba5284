// x87 control instructions, FXSAVE and FXRSTOR. (SDM vol. 1, 5.2.6 and 5.3)
//
// The names with N do not wait for a pending exception; what an assembler calls FINIT is FWAIT and
// FNINIT.
#pragma once

#include "jit/semantics/x87_move.h"

namespace elfin::semantics {

/// FWAIT.
template <class M, class I>
void Fwait(M& m, const I&) {
  if (!X87Wait(m)) return;
}

/// FNOP, and the 8087's and 80287's control instructions that do nothing since.
template <class M, class I>
void Fnop(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
}

template <class M, class I>
void Fninit(M& m, const I&) {
  m.Helper(cpu::InitX87);
}

template <class M, class I>
void Fnclex(M& m, const I&) {
  m.Helper(cpu::ClearX87Exceptions);
}

template <class M, class I>
void Fldcw(M& m, const I& insn) {
  if (!X87Wait(m)) return;
  m.Helper(cpu::LoadX87Control, m.Load(kBits16, insn.address));
}

template <class M, class I>
void Fnstcw(M& m, const I& insn) {
  m.Store(insn.address, m.GetReg(kBits16, offsetof(cpu::CpuState, x87_control)));
}

/// FNSTSW ax, FNSTSW m16.
template <class M, class I>
void Fnstsw(M& m, const I& insn) {
  auto top = m.ZeroExtend(kBits16, m.GetReg(kBits8, offsetof(cpu::CpuState, x87_top)));
  auto status = m.GetReg(kBits16, offsetof(cpu::CpuState, x87_status));
  auto word = m.Or(status, m.Shl(top, m.Const(kBits16, cpu::kX87TopShift)));
  insn.template Set<0>(m, word);
}

/// The processor touches the control word's field, then the last byte; all are smaller than a page.
template <class M, class I>
bool ProbeX87Area(M& m, const I& insn, unsigned bytes, Access access) {
  constexpr unsigned field = I::width.bits == 16 ? 2 : 4;
  if (!m.Probe(insn.address, field, access)) return false;
  return m.Probe(m.Add(insn.address, m.Const(kBits64, bytes - 1)), 1, access);
}

template <class M, class I>
void Fnstenv(M& m, const I& insn) {
  constexpr unsigned bits = I::width.bits;
  if (!ProbeX87Area(m, insn, cpu::X87EnvironmentSize(bits), Access::kWrite)) return;
  m.Helper(cpu::StoreX87Environment, insn.address, m.Const(kBits32, bits));
}

template <class M, class I>
void Fldenv(M& m, const I& insn) {
  constexpr unsigned bits = I::width.bits;
  if (!X87Wait(m)) return;
  if (!ProbeX87Area(m, insn, cpu::X87EnvironmentSize(bits), Access::kRead)) return;
  m.Helper(cpu::LoadX87Environment, insn.address, m.Const(kBits32, bits));
}

template <class M, class I>
void Fnsave(M& m, const I& insn) {
  constexpr unsigned bits = I::width.bits;
  if (!ProbeX87Area(m, insn, cpu::X87ImageSize(bits), Access::kWrite)) return;
  m.Helper(cpu::SaveX87Image, insn.address, m.Const(kBits32, bits));
}

template <class M, class I>
void Frstor(M& m, const I& insn) {
  constexpr unsigned bits = I::width.bits;
  if (!X87Wait(m)) return;
  if (!ProbeX87Area(m, insn, cpu::X87ImageSize(bits), Access::kRead)) return;
  m.Helper(cpu::RestoreX87Image, insn.address, m.Const(kBits32, bits));
}

inline constexpr unsigned kFxImageSize = 512;

/// #GP for an area that is not aligned, then its check.
template <class M, class I>
bool ProbeFxImage(M& m, const I& insn, Access access) {
  auto misaligned = m.And(insn.address, m.Const(kBits64, 15));
  if (m.RaiseIf(m.Ne(misaligned, m.Const(kBits64, 0)), cpu::TrapKind::kGeneralProtection)) {
    return false;
  }
  if (access == Access::kRead) {  // FXRSTOR touches the last byte first
    if (!m.Probe(m.Add(insn.address, m.Const(kBits64, kFxImageSize - 1)), 1, access)) return false;
  }
  return m.Probe(insn.address, kFxImageSize, access);
}

/// FXSAVE, FXSAVE64.
template <bool kWidePointers, class M, class I>
void Fxsave(M& m, const I& insn) {
  if (!ProbeFxImage(m, insn, Access::kWrite)) return;
  m.Helper(cpu::SaveFxImage, insn.address, m.Const(kBits32, kWidePointers));
}

/// FXRSTOR, FXRSTOR64: #GP for reserved bits of MXCSR.
template <bool kWidePointers, class M, class I>
void Fxrstor(M& m, const I& insn) {
  if (!ProbeFxImage(m, insn, Access::kRead)) return;
  auto mxcsr = m.Load(kBits32, m.Add(insn.address, m.Const(kBits64, cpu::kFxMxcsrOffset)));
  auto reserved = m.And(mxcsr, m.Const(kBits32, ~cpu::kMxcsrMask));
  auto bad = m.Ne(reserved, m.Const(kBits32, 0));
  if (m.RaiseIf(bad, cpu::TrapKind::kGeneralProtection)) return;
  m.Helper(cpu::RestoreFxImage, insn.address, m.Const(kBits32, kWidePointers));
}

}  // namespace elfin::semantics
