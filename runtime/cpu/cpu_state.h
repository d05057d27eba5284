// The state of one guest thread's processor: the contract between interpreter, generated code and
// kernel.
//
// It lives in the low 2 MiB of the process memory (address_map.h); its address is the one parameter
// of every handler and of every translated function. Offsets are asserted: generated code has them
// built in.
//
// Flags are lazy. CF, PF, AF, ZF, SF and OF are not stored but follow from two words that
// arithmetic leaves behind (written by semantics/flags.h, nowhere else):
//
//   flag_result   the result, sign-extended from its width to 64 bits
//                   ZF = (flag_result == 0)
//                   SF = bit 63 of flag_result  xor  bit 0 of flag_carry
//                   PF = even parity of the low byte of flag_result  xor  bits 8..15 of flag_carry
//   flag_carry    bit 63: carry out of the top bit (CF)
//                 bit 62: carry into the top bit    (OF = bit 63 xor bit 62)
//                 bit  3: carry out of bit 3        (AF)
//                 bit  0, bits 8..15: corrections for SF and PF, for popf and its like, which can
//                 ask for combinations that no result has
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/cpu/exit_reason.h"

namespace elfin::cpu {

/// A vector register: 64 bytes are reserved, of which today's instructions use 16 (XMM) or 32
/// (YMM).
struct alignas(16) VectorRegister {
  uint8_t bytes[64];
};

/// A physical x87 register. MMX registers are the significands.
struct alignas(16) X87Register {
  uint64_t significand;
  uint16_t sign_exponent;  // sign in bit 15
  uint16_t reserved[3];
};

inline constexpr uint64_t kFlagCf = 1u << 0;
inline constexpr uint64_t kFlagFixed = 1u << 1;  // always one
inline constexpr uint64_t kFlagPf = 1u << 2;
inline constexpr uint64_t kFlagAf = 1u << 4;
inline constexpr uint64_t kFlagZf = 1u << 6;
inline constexpr uint64_t kFlagSf = 1u << 7;
inline constexpr uint64_t kFlagTf = 1u << 8;
inline constexpr uint64_t kFlagIf = 1u << 9;
inline constexpr uint64_t kFlagDf = 1u << 10;
inline constexpr uint64_t kFlagOf = 1u << 11;
inline constexpr uint64_t kFlagNt = 1u << 14;
inline constexpr uint64_t kFlagAc = 1u << 18;
inline constexpr uint64_t kFlagId = 1u << 21;
inline constexpr uint64_t kArithmeticFlags =
    kFlagCf | kFlagPf | kFlagAf | kFlagZf | kFlagSf | kFlagOf;

struct alignas(64) CpuState {
  uint64_t gpr[16];  //   0  rax rcx rdx rbx rsp rbp rsi rdi r8 … r15 (the processor's numbering)
  uint64_t rip;      // 128  valid at every exit
  uint64_t flag_result;  // 136
  uint64_t flag_carry;   // 144
  uint64_t zero;         // 152  always 0: stands for an absent base or index register or segment
  uint64_t segment_base[2];  // 160  fs, gs
  uint64_t other_flags;      // 176  all of rflags but the arithmetic flags (DF, TF, AC, ID, …)
  int64_t budget;            // 184  guest instructions left before ExitReason::kBudget; counts down
  uint64_t instructions;     // 192  guest instructions retired so far, up to the last exit
  TrapInfo trap;             // 200  valid after ExitReason::kTrap
  uint32_t mxcsr;            // 216
  uint16_t segment_selector[6];  // 220  es cs ss ds fs gs
  uint32_t guest_mode;           // 232  GuestMode
  uint32_t interrupt;  // 236  non-zero: leave with kBudget at the next chance (written by the host)

  uint16_t x87_control;  // 240
  uint16_t x87_status;   // 242  without TOP
  uint8_t x87_top;       // 244  0…7
  uint8_t x87_valid;     // 245  bit n: physical register n holds something (the FXSAVE tag byte)
  uint16_t x87_opcode;   // 246  last non-control instruction (FOP)
  uint64_t x87_instruction;  // 248  FIP
  uint64_t x87_data;         // 256  FDP
  uint64_t code_generation;  // 264  goes up whenever decoded or translated code was dropped
  /// Native builds: where the host keeps guest address 0. WebAssembly builds: 0.
  uint64_t memory_base;  // 272
  uint64_t context;  // 280  host address of the cpu's own CpuContext (decode cache and its like)
  int64_t
      budget_at_entry;  // 288  budget when the cpu was last entered; instructions follow from it
  uint32_t float_trap;  // 296  float_helpers.h: the last one met an unmasked exception
  uint32_t jump_cache;  // 300  address of the JumpCacheEntry array (translated_code.h)
  /// Translated code in range mode may touch [kGuestBegin, kGuestBegin + span) and kSpanSlack
  /// behind it without leaving the memory (translated_code.h).
  uint64_t span;  // 304
  /// What the two flag words are while translated code runs: a FlagKindCode (flag_words.h). For
  /// everybody else 0: as described above.
  uint32_t flag_kind;  // 312
  uint32_t reserved;
  X87Register x87[8];                     // 320  physical registers
  alignas(64) VectorRegister vector[16];  // 448
  /// [begin, begin + size): where the return address of a call may be stored without a look at the
  /// page map (push_window.h). Of the memory, not of a thread.
  uint64_t push_window_begin;  // 1472
  uint64_t push_window_size;   // 1480
};

static_assert(offsetof(CpuState, rip) == 128 && offsetof(CpuState, zero) == 152 &&
              offsetof(CpuState, segment_base) == 160 && offsetof(CpuState, budget) == 184 &&
              offsetof(CpuState, trap) == 200 && offsetof(CpuState, mxcsr) == 216 &&
              offsetof(CpuState, x87_control) == 240 && offsetof(CpuState, jump_cache) == 300 &&
              offsetof(CpuState, span) == 304 && offsetof(CpuState, flag_kind) == 312 &&
              offsetof(CpuState, x87) == 320 && offsetof(CpuState, vector) == 448 &&
              offsetof(CpuState, push_window_begin) == 1472 && sizeof(CpuState) == 1536);

inline constexpr uint32_t kMxcsrReset = 0x1f80;
inline constexpr uint16_t kX87ControlReset = 0x037f;

/// The selectors of Linux's segments for programs.
inline constexpr uint16_t kUserDataSelector = 0x2b;
inline constexpr uint16_t kUserCodeSelector = 0x33;

/// All of rflags, computed from the lazy words. Bit 1 and IF read as one, as in user mode on Linux.
uint64_t ReadRflags(const CpuState& state);

/// Sets the arithmetic flags and those of the rest that user mode may change (DF, TF, AC, ID, NT).
void WriteRflags(CpuState& state, uint64_t rflags);

/// FXSAVE's 512 bytes (SDM vol. 1, table 10-2; 64-bit layout), for FXSAVE, FXRSTOR and the signal
/// frame.
void SaveFxState(const CpuState& state, uint8_t area[512]);
/// Reserved MXCSR bits are the caller's to refuse (see kMxcsrMask).
void LoadFxState(CpuState& state, const uint8_t area[512]);
inline constexpr uint32_t kMxcsrMask = 0x0000'ffff;

/// Puts into `state`, which goes to another thread's memory or comes back to one, what belongs to
/// the memory and to no thread, from `there`, what the memory's cpu holds now.
void KeepMemoryFields(CpuState& state, const CpuState& there);

/// A processor as Linux hands it to a new program: zero but for rflags, MXCSR and the x87 control
/// word.
void ResetCpuState(CpuState& state);

}  // namespace elfin::cpu
