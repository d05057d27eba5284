// AES-NI, PCLMULQDQ and the SHA extensions: mostly helpers. (SDM vol. 1, 12.13; vol. 2: SHA1…,
// SHA256…)
#pragma once

#include "jit/semantics/sse_int.h"
#include "runtime/cpu/aes.h"
#include "runtime/cpu/carryless.h"
#include "runtime/cpu/sha.h"

namespace elfin::semantics {

/// dst ← function(dst, src).
template <auto kFunction, class M, class I>
void BinaryHelper(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.Helper(kFunction, a, b); });
}

template <class M, class I>
void Aesimc(M& m, const I& insn) {
  m.SetReg(insn.raw.reg[0],
           m.Helper(&cpu::AesInverseMixColumns, insn.template Get<1>(m, kBits128)));
}
template <class M, class I>
void Aeskeygenassist(M& m, const I& insn) {
  auto constant = m.Const(kBits32, static_cast<uint64_t>(insn.raw.immediate) & 0xff);
  m.SetReg(insn.raw.reg[0],
           m.Helper(&cpu::AesExpandKey, insn.template Get<1>(m, kBits128), constant));
}

/// PCLMULQDQ: the immediate's bits 0 and 4 choose the halves.
template <class M, class I>
void Pclmulqdq(M& m, const I& insn) {
  const unsigned upper_a = insn.raw.immediate & 1;
  const unsigned upper_b = insn.raw.immediate >> 4 & 1;
  VectorBinary(m, insn, [&](auto a, auto b) {
    return m.Helper(&cpu::CarrylessMultiply, m.VExtract(I64x2{}, upper_a, a),
                    m.VExtract(I64x2{}, upper_b, b));
  });
}

template <class M, class I>
void Sha1rnds4(M& m, const I& insn) {
  auto function = m.Const(kBits32, static_cast<uint64_t>(insn.raw.immediate) & 3);
  VectorBinary(m, insn, [&](auto a, auto b) { return m.Helper(&cpu::Sha1Rounds, a, b, function); });
}
/// SHA1NEXTE: the next E is A rotated, and is added to the schedule's topmost word.
template <class M, class I>
void Sha1nexte(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) {
    auto rotated = m.Rotl(m.VExtract(I32x4{}, 3, a), m.Const(kBits32, 30));
    return m.VReplace(I32x4{}, 3, b, m.Add(m.VExtract(I32x4{}, 3, b), rotated));
  });
}
/// SHA1MSG1: words 0 … 3 ^ words 2 … 5, from the top.
template <class M, class I>
void Sha1msg1(M& m, const I& insn) {
  constexpr std::array<uint8_t, 4> later = {6, 7, 0, 1};
  VectorBinary(m, insn, [&](auto a, auto b) { return m.Xor(a, m.VPick(I32x4{}, a, b, later)); });
}
/// SHA256MSG1: words 0 … 3 + sigma0 of words 1 … 4.
template <class M, class I>
void Sha256msg1(M& m, const I& insn) {
  constexpr std::array<uint8_t, 4> next = {1, 2, 3, 4};
  VectorBinary(m, insn, [&](auto a, auto b) {
    auto words = m.VPick(I32x4{}, a, b, next);
    auto rotated = [&](unsigned count) {
      return m.Or(m.VShrU(I32x4{}, words, m.Const(kBits64, count)),
                  m.VShl(I32x4{}, words, m.Const(kBits64, 32 - count)));
    };
    auto sigma =
        m.Xor(m.Xor(rotated(7), rotated(18)), m.VShrU(I32x4{}, words, m.Const(kBits64, 3)));
    return m.VAdd(I32x4{}, a, sigma);
  });
}
template <class M, class I>
void Sha256rnds2(M& m, const I& insn) {
  auto words = m.GetReg(kBits128, decoder::VectorOffset(0));
  VectorBinary(m, insn, [&](auto a, auto b) { return m.Helper(&cpu::Sha256Rounds, a, b, words); });
}

}  // namespace elfin::semantics
