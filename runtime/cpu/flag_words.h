// Flags as translated code carries them from block to block: two words, and a kind that says what
// they are. The two words of CpuState (flag_result, flag_carry) are computed only where somebody
// looks: at a region's exits.
//
// Exported by cpu.wasm for translated code.
#pragma once

#include <cstdint>

#include "runtime/cpu/cpu_state.h"

namespace elfin::cpu {

/// | kind | left | right |
enum class FlagKind : uint32_t {
  kWords,  // flag_result, flag_carry
  kAdd,    // a + b: the sum and b
  kSub,    // a - b: a and b
  kLogic,  // the result; -
  kFloat,  // a compared with b: their bits
};
/// A kind with the operands' width (in bytes: 1, 2, 4 or 8; kFloat: 4 or 8).
constexpr uint32_t FlagKindCode(FlagKind kind, unsigned bytes) {
  return static_cast<uint32_t>(kind) << 8 | bytes;
}
inline constexpr uint32_t kFlagWordsCode = 0;

/// CpuState::flag_result and flag_carry of the flags given. code: FlagKindCode. Operands of less
/// than 64 bits may have anything above.
uint64_t FlagResultWord(uint32_t code, uint64_t left, uint64_t right);
uint64_t FlagCarryWord(uint32_t code, uint64_t left, uint64_t right);

/// The flag words as everybody but translated code has them; flag_kind becomes 0.
inline void NormalizeFlags(CpuState& state) {
  if (__builtin_expect(state.flag_kind == kFlagWordsCode, 1)) return;
  const uint64_t left = state.flag_result;
  const uint64_t right = state.flag_carry;
  state.flag_result = FlagResultWord(state.flag_kind, left, right);
  state.flag_carry = FlagCarryWord(state.flag_kind, left, right);
  state.flag_kind = kFlagWordsCode;
}

}  // namespace elfin::cpu
