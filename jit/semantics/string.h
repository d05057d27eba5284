// String instructions. (SDM vol. 1, 5.1.8; REP: vol. 2B)
//
// One element at a time: rsi, rdi and rcx are right after each, so a fault in the middle leaves
// them at the element that faulted, and overlapping operands get what the order of single elements
// gives. A REP whose count is long gives way to the budget: it leaves unfinished and is entered
// again at its own address.
#pragma once

#include "jit/semantics/control.h"
#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"

namespace elfin::semantics {

/// An index register as an address: 32 bits wide with a 67h prefix.
template <class M, class I>
auto StringAddress(M& m, const I& insn, Gpr number) {
  if (insn.Has(decoder::kAddress32)) return m.ZeroExtend(kBits64, ReadGpr(m, kBits32, number));
  return ReadGpr(m, kBits64, number);
}

/// [rsi] with the segment override; [rdi] has none.
template <class M, class I>
auto SourceAddress(M& m, const I& insn) {
  return m.Add(StringAddress(m, insn, kRsi), m.GetReg(kBits64, insn.raw.segment));
}

template <class M, class I>
void Advance(M& m, const I& insn, Gpr number, unsigned bytes) {
  auto flags = m.GetReg(kBits64, offsetof(cpu::CpuState, other_flags));
  auto down = FlagBit(m, flags, 10);
  auto step = m.Select(down, m.Const(kBits64, -uint64_t{bytes}), m.Const(kBits64, bytes));
  auto next = m.Add(ReadGpr(m, kBits64, number), step);
  if (insn.Has(decoder::kAddress32)) {
    WriteGpr(m, number, m.Truncate(kBits32, next));
  } else {
    WriteGpr(m, number, next);
  }
}

enum class RepeatWhile : uint8_t { kCount, kCountAndFlag };

/// Runs `element` once, or as a REP prefix says. `element` answers false where it left the
/// instruction (rule 3 of machine.h). REPE and REPNE also stop by ZF.
template <RepeatWhile kWhile, class M, class I, class Element>
void Repeat(M& m, const I& insn, Element element) {
  const bool repne = insn.Has(decoder::kPrefixRepne);
  if (!insn.Has(decoder::kPrefixRep) && !repne) {
    if (element()) m.Next();
    return;
  }
  m.Loop([&] { return m.Not(m.IsZero(ReadCounter(m, insn))); },
         [&] {
           if (!element()) return m.ConstBit(false);
           auto more = m.Not(CountDown(m, insn));
           if constexpr (kWhile == RepeatWhile::kCountAndFlag) {
             auto equal = ReadZf(m);
             more = m.And(more, repne ? m.Not(equal) : equal);
           }
           return more;
         });
}

template <unsigned kBits, class M, class I>
void Movs(M& m, const I& insn) {
  constexpr Width<kBits> width{};
  Repeat<RepeatWhile::kCount>(m, insn, [&] {
    auto from = SourceAddress(m, insn);
    auto to = StringAddress(m, insn, kRdi);
    if (!m.Probe(from, width.bytes, Access::kRead)) return false;
    if (!m.Probe(to, width.bytes, Access::kWrite)) return false;
    m.Store(to, m.Load(width, from));
    Advance(m, insn, kRsi, width.bytes);
    Advance(m, insn, kRdi, width.bytes);
    return true;
  });
}

template <unsigned kBits, class M, class I>
void Stos(M& m, const I& insn) {
  constexpr Width<kBits> width{};
  Repeat<RepeatWhile::kCount>(m, insn, [&] {
    auto to = StringAddress(m, insn, kRdi);
    if (!m.Probe(to, width.bytes, Access::kWrite)) return false;
    m.Store(to, ReadGpr(m, width, kRax));
    Advance(m, insn, kRdi, width.bytes);
    return true;
  });
}

template <unsigned kBits, class M, class I>
void Lods(M& m, const I& insn) {
  constexpr Width<kBits> width{};
  Repeat<RepeatWhile::kCount>(m, insn, [&] {
    auto from = SourceAddress(m, insn);
    if (!m.Probe(from, width.bytes, Access::kRead)) return false;
    WriteGpr(m, kRax, m.Load(width, from));
    Advance(m, insn, kRsi, width.bytes);
    return true;
  });
}

template <unsigned kBits, class M, class I>
void Scas(M& m, const I& insn) {
  constexpr Width<kBits> width{};
  Repeat<RepeatWhile::kCountAndFlag>(m, insn, [&] {
    auto at = StringAddress(m, insn, kRdi);
    if (!m.Probe(at, width.bytes, Access::kRead)) return false;
    auto left = ReadGpr(m, width, kRax);
    auto right = m.Load(width, at);
    WriteFlags(m, SubFlags{left, right, m.Sub(left, right), width});
    Advance(m, insn, kRdi, width.bytes);
    return true;
  });
}

/// CMPS: [rsi] - [rdi].
template <unsigned kBits, class M, class I>
void Cmps(M& m, const I& insn) {
  constexpr Width<kBits> width{};
  Repeat<RepeatWhile::kCountAndFlag>(m, insn, [&] {
    auto first = SourceAddress(m, insn);
    auto second = StringAddress(m, insn, kRdi);
    if (!m.Probe(first, width.bytes, Access::kRead)) return false;
    if (!m.Probe(second, width.bytes, Access::kRead)) return false;
    auto left = m.Load(width, first);
    auto right = m.Load(width, second);
    WriteFlags(m, SubFlags{left, right, m.Sub(left, right), width});
    Advance(m, insn, kRsi, width.bytes);
    Advance(m, insn, kRdi, width.bytes);
    return true;
  });
}

}  // namespace elfin::semantics
