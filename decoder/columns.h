// The columns of jit/instructions.inc: operand forms, widths, memory access, support levels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "decoder/guest_insn.h"

namespace elfin::decoder {

/// What a memory operand is checked for. (On x86 whatever is mapped at all can be read.)
enum class Access : uint8_t { kRead, kWrite, kReadWrite };

/// Operand forms as bits: R register, M memory, I immediate, N none. M stands for both memory
/// kinds.
enum Forms : uint32_t {
  N = 1u << 0,
  R = 1u << 1,
  M = 1u << 2,
  I = 1u << 3,
  RR = 1u << 4,
  RM = 1u << 5,
  MR = 1u << 6,
  RI = 1u << 7,
  MI = 1u << 8,
  II = 1u << 9,
  RRR = 1u << 10,
  RRM = 1u << 11,
  MRR = 1u << 12,
  RRI = 1u << 13,
  RMI = 1u << 14,
  MRI = 1u << 15,
  RMR = 1u << 16,
};

/// Operand widths as bits; kNoWidth for rows that have none.
enum Widths : uint32_t {
  kNoWidth = 0,
  k8 = 1,
  k16 = 2,
  k32 = 4,
  k64 = 8,
  k128 = 16,  // XMM; rows with MMX forms have k64 too
  k16To64 = k16 | k32 | k64,
  k8To64 = k8 | k16To64,
  k32To64 = k32 | k64,
};

/// The memory column: how an explicit memory operand is checked before the function runs. Operand 0
/// with the access given; as any other operand it is only read.
struct MemoryRule {
  uint8_t bytes;  // 0: the operand width (or nothing, when access is kNotChecked)
  uint8_t check;  // kNotChecked, kChecked
  Access access;  // of operand 0
  uint8_t align;  // 0, or the alignment whose lack is #GP (for operands of at least that size)
  uint8_t mmx_bytes = 0;  // of a row with MMX forms that read less than their width
};
inline constexpr uint8_t kNotChecked = 0;
inline constexpr uint8_t kChecked = 1;

// Names for the column. Suffix: size in bytes, none for the operand width.
inline constexpr MemoryRule kNoMemory{0, kNotChecked, Access::kRead,
                                      0};  // address only, or own checks
inline constexpr MemoryRule kRead{0, kChecked, Access::kRead, 0};
inline constexpr MemoryRule kWrite{0, kChecked, Access::kWrite, 0};
inline constexpr MemoryRule kReadWrite{0, kChecked, Access::kReadWrite, 0};
constexpr MemoryRule ReadBytes(uint8_t n) { return {n, kChecked, Access::kRead, 0}; }
constexpr MemoryRule WriteBytes(uint8_t n) { return {n, kChecked, Access::kWrite, 0}; }
constexpr MemoryRule ReadWriteBytes(uint8_t n) { return {n, kChecked, Access::kReadWrite, 0}; }
/// 16 bytes that must be aligned, as legacy SSE instructions want them.
inline constexpr MemoryRule kReadAligned16{16, kChecked, Access::kRead, 16};
inline constexpr MemoryRule kWriteAligned16{16, kChecked, Access::kWrite, 16};

/// The operand width; aligned where that is 16 bytes (XMM, but not MMX).
inline constexpr MemoryRule kReadVector{0, kChecked, Access::kRead, 16};
/// The same, but MMX forms read only the lower half.
inline constexpr MemoryRule kReadVectorLow{0, kChecked, Access::kRead, 16, 4};

/// Whether the instruction is the last of its block.
enum BlockEnd : uint8_t { kGoesOn, kEndsBlock };

enum class SupportLevel : uint8_t { kFull, kPartial, kRefused, kMissing };

/// One operand form with M spelled out.
struct FormBit {
  uint32_t bit;
  OperandForm form;
};

namespace form_detail {
inline constexpr auto kR = OperandKind::kRegister;
inline constexpr auto kM = OperandKind::kMemory;
inline constexpr auto kX = OperandKind::kMemoryFull;
inline constexpr auto kI = OperandKind::kImmediate;
}  // namespace form_detail

inline constexpr std::array<FormBit, 26> kFormBits = {{
    {N, MakeForm()},
    {R, MakeForm(form_detail::kR)},
    {M, MakeForm(form_detail::kM)},
    {M, MakeForm(form_detail::kX)},
    {I, MakeForm(form_detail::kI)},
    {RR, MakeForm(form_detail::kR, form_detail::kR)},
    {RM, MakeForm(form_detail::kR, form_detail::kM)},
    {RM, MakeForm(form_detail::kR, form_detail::kX)},
    {MR, MakeForm(form_detail::kM, form_detail::kR)},
    {MR, MakeForm(form_detail::kX, form_detail::kR)},
    {RI, MakeForm(form_detail::kR, form_detail::kI)},
    {MI, MakeForm(form_detail::kM, form_detail::kI)},
    {MI, MakeForm(form_detail::kX, form_detail::kI)},
    {II, MakeForm(form_detail::kI, form_detail::kI)},
    {RRR, MakeForm(form_detail::kR, form_detail::kR, form_detail::kR)},
    {RRM, MakeForm(form_detail::kR, form_detail::kR, form_detail::kM)},
    {RRM, MakeForm(form_detail::kR, form_detail::kR, form_detail::kX)},
    {RMR, MakeForm(form_detail::kR, form_detail::kM, form_detail::kR)},
    {RMR, MakeForm(form_detail::kR, form_detail::kX, form_detail::kR)},
    {MRR, MakeForm(form_detail::kM, form_detail::kR, form_detail::kR)},
    {MRR, MakeForm(form_detail::kX, form_detail::kR, form_detail::kR)},
    {RRI, MakeForm(form_detail::kR, form_detail::kR, form_detail::kI)},
    {RMI, MakeForm(form_detail::kR, form_detail::kM, form_detail::kI)},
    {RMI, MakeForm(form_detail::kR, form_detail::kX, form_detail::kI)},
    {MRI, MakeForm(form_detail::kM, form_detail::kR, form_detail::kI)},
    {MRI, MakeForm(form_detail::kX, form_detail::kR, form_detail::kI)},
}};

}  // namespace elfin::decoder
