// Stack instructions. (SDM vol. 2: PUSH, POP, PUSHF, POPF, ENTER, LEAVE)
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"

namespace elfin::semantics {

/// Pushes a value; false: the instruction has been left.
template <class M, class T, class W>
[[nodiscard]] bool PushValue(M& m, T value, W) {
  auto top = m.Sub(ReadGpr(m, kBits64, kRsp), m.Const(kBits64, W::bytes));
  if (!m.Probe(top, W::bytes, Access::kWrite)) return false;
  m.Store(top, value);
  WriteGpr(m, kRsp, top);
  return true;
}

template <class M, class I>
void Push(M& m, const I& insn) {
  (void)PushValue(m, insn.Dst(m), insn.width);
}

/// PUSH fs, gs.
template <class M, class I>
void PushSegment(M& m, const I& insn) {
  auto selector = m.GetReg(kBits16, insn.raw.reg[0]);
  (void)PushValue(m, m.ZeroExtend(insn.width, selector), insn.width);
}

/// POP: a destination in memory that is addressed through rsp sees rsp after the pop.
template <class M, class I>
void Pop(M& m, const I& insn) {
  auto top = ReadGpr(m, kBits64, kRsp);
  if (!m.Probe(top, I::kBytes, Access::kRead)) return;
  auto value = m.Load(insn.width, top);
  auto above = m.Add(top, m.Const(kBits64, I::kBytes));
  if constexpr (I::IsMemory(0)) {
    auto address = insn.address;
    if (insn.raw.base == decoder::GprOffset(kRsp)) {
      address = m.Add(address, m.Const(kBits64, I::kBytes));
    }
    if (!m.Probe(address, I::kBytes, Access::kWrite)) return;
    m.Store(address, value);
    WriteGpr(m, kRsp, above);
  } else {
    WriteGpr(m, kRsp, above);
    insn.SetDst(m, value);
  }
}

/// All of rflags as PUSHF shows them: RF and VM read as zero.
template <class M>
auto ReadAllFlags(M& m) {
  return m.Or(AllArithmeticFlags(m), m.GetReg(kBits64, offsetof(cpu::CpuState, other_flags)));
}

template <class M, class I>
void Pushf(M& m, const I& insn) {
  (void)PushValue(m, m.Truncate(insn.width, ReadAllFlags(m)), insn.width);
}

/// What POPF can change in user mode besides the arithmetic flags.
inline constexpr uint64_t kPopfFlags =
    cpu::kFlagTf | cpu::kFlagDf | cpu::kFlagNt | cpu::kFlagAc | cpu::kFlagId;

template <class M, class I>
void Popf(M& m, const I& insn) {
  constexpr uint16_t other = offsetof(cpu::CpuState, other_flags);
  auto top = ReadGpr(m, kBits64, kRsp);
  if (!m.Probe(top, I::kBytes, Access::kRead)) return;
  auto flags = m.ZeroExtend(kBits64, m.Load(insn.width, top));
  WriteGpr(m, kRsp, m.Add(top, m.Const(kBits64, I::kBytes)));
  // With 16 bits AC and ID, above them, stay.
  constexpr uint64_t changed = I::kBytes == 2 ? kPopfFlags & 0xffff : kPopfFlags;
  auto kept = m.And(m.GetReg(kBits64, other), m.Const(kBits64, ~changed));
  m.SetReg(other, m.Or(kept, m.And(flags, m.Const(kBits64, changed))));
  WriteArithmeticFlags(m, flags);
}

template <class M, class I>
void Leave(M& m, const I& insn) {
  auto frame = ReadGpr(m, kBits64, kRbp);
  if (!m.Probe(frame, I::kBytes, Access::kRead)) return;
  auto saved = m.Load(insn.width, frame);
  WriteGpr(m, kRsp, m.Add(frame, m.Const(kBits64, I::kBytes)));
  WriteGpr(m, kRbp, saved);
}

/// ENTER size, level: the level's frame pointers are copied; everything is probed before it is
/// written.
template <class M, class I>
void Enter(M& m, const I& insn) {
  const auto size = static_cast<uint64_t>(insn.raw.immediate) & 0xffff;
  const unsigned level = static_cast<unsigned>(insn.raw.immediate >> 16) & 31;
  constexpr unsigned bytes = I::kBytes;
  auto stack = ReadGpr(m, kBits64, kRsp);
  auto base = ReadGpr(m, kBits64, kRbp);
  auto frame = m.Sub(stack, m.Const(kBits64, bytes));
  auto end = m.Sub(frame, m.Const(kBits64, uint64_t{level} * bytes + size));
  for (unsigned n = 0; n <= level; ++n) {
    if (!m.Probe(m.Sub(frame, m.Const(kBits64, uint64_t{n} * bytes)), bytes, Access::kWrite))
      return;
  }
  for (unsigned n = 1; n < level; ++n) {
    if (!m.Probe(m.Sub(base, m.Const(kBits64, uint64_t{n} * bytes)), bytes, Access::kRead)) return;
  }
  if (!m.Probe(end, bytes, Access::kWrite)) return;
  m.Store(frame, m.Truncate(insn.width, base));
  for (unsigned n = 1; n < level; ++n) {
    auto offset = m.Const(kBits64, uint64_t{n} * bytes);
    m.Store(m.Sub(frame, offset), m.Load(insn.width, m.Sub(base, offset)));
  }
  if (level != 0) {
    m.Store(m.Sub(frame, m.Const(kBits64, uint64_t{level} * bytes)), m.Truncate(insn.width, frame));
  }
  WriteGpr(m, kRbp, m.Truncate(insn.width, frame));
  WriteGpr(m, kRsp, end);
}

}  // namespace elfin::semantics
