// What a case begins with and what an execution leaves behind.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/cpu/exit_reason.h"

namespace elfin::fuzz {

/// Every register that a case sees, in plain form. fx: FXSAVE's 512 bytes.
struct Registers {
  uint64_t gpr[16];
  uint64_t rip;
  uint64_t rflags;
  alignas(64) uint8_t fx[512];
};

inline constexpr unsigned kFxControl = 0;
inline constexpr unsigned kFxStatus = 2;
inline constexpr unsigned kFxTag = 4;
inline constexpr unsigned kFxMxcsr = 24;
inline constexpr unsigned kFxSt = 32;    // st(i), 16 bytes each, 10 used
inline constexpr unsigned kFxXmm = 160;  // 16 bytes each

/// How it ended. kind is the processor's vector; error and address as for page faults.
struct Ending {
  uint32_t kind;
  uint32_t error;
  uint64_t address;
};
inline constexpr uint32_t kEndedByTimeout = 1000;  // as Ending::kind: it ran too long
inline constexpr uint32_t kEndedByKernel = 1001;   // a system call

struct Patch {
  uint32_t address;
  std::vector<uint8_t> bytes;
};

/// Room for a block of blocks.h; an instruction has 16 bytes.
inline constexpr unsigned kMaxCodeSize = 1024;

struct Case {
  uint8_t code[kMaxCodeSize];
  uint32_t code_size;
  Registers before;  // rip: where the code is
  std::vector<Patch> memory;
  uint64_t ignored_flags;  // undefined after this instruction with these operands
  uint64_t operand;        // address of the explicit memory operand, 0 without
};

/// Writes the case's code into the code zone at `zone` and int3 everywhere else.
void PutCode(uint8_t* zone, const Case& test);

struct Result {
  Registers after;
  Ending ending;
};

}  // namespace elfin::fuzz
