// One x87 instruction at a time in Elfin's interpreter, on a guest of a few pages.
#pragma once

#include <sys/mman.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "runtime/cpu/cpu.h"
#include "runtime/cpu/guest_access.h"

namespace elfin::cpu::x87_test {

inline constexpr size_t kOperandBytes = 128;
inline constexpr size_t kComparedFxBytes = 160;  // up to the XMM registers

/// What a case begins and ends with.
struct Image {
  alignas(16) uint8_t fx[512];
  alignas(16) uint8_t operand[kOperandBytes];
  uint64_t rflags;
  uint64_t rax;
};

using Code = std::vector<uint8_t>;

template <class T>
void Put(uint8_t* to, T value) {
  memcpy(to, &value, sizeof(T));
}
template <class T>
T Get(const uint8_t* from) {
  T value;
  memcpy(&value, from, sizeof(T));
  return value;
}

/// Elfin's interpreter on a small guest memory.
class Subject {
 public:
  static constexpr uint64_t kCode = 0x20'0000;
  static constexpr uint64_t kOperand = 0x20'1000;
  static constexpr uint64_t kCache = 0x30'0000;
  static constexpr uint64_t kEnd = 0x50'0000;

  Subject() {
    base_ = static_cast<uint8_t*>(
        mmap(nullptr, kEnd, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ResetCpu(state(), reinterpret_cast<uint64_t>(base_), kCache, kEnd);
    PageMap(state())[kCode / kPageSize] = kPageRead | kPageWrite | kPageExecute;
    PageMap(state())[kOperand / kPageSize] = kPageRead | kPageWrite;
  }
  ~Subject() { munmap(base_, kEnd); }

  CpuState& state() { return *reinterpret_cast<CpuState*>(base_); }
  uint8_t* operand() { return base_ + kOperand; }

  TrapKind Run(const Code& insn) {
    Invalidate(state(), kCode, kCode + kPageSize);
    uint8_t* code = base_ + kCode;
    memset(code, 0xcc, 64);
    memcpy(code, insn.data(), insn.size());
    state().rip = kCode;
    state().budget = 100;
    state().gpr[7] = kOperand;
    REQUIRE(cpu::Run(state()) == ExitReason::kTrap);
    return state().trap.kind;
  }

  TrapKind Run(const Code& insn, Image* image) {
    memcpy(operand(), image->operand, kOperandBytes);
    LoadFxState(state(), image->fx);
    WriteRflags(state(), image->rflags);
    state().gpr[0] = image->rax;
    const TrapKind kind = Run(insn);
    SaveFxState(state(), image->fx);
    memcpy(image->operand, operand(), kOperandBytes);
    image->rflags = ReadRflags(state());
    image->rax = state().gpr[0];
    return kind;
  }

 private:
  uint8_t* base_;
};

/// A reset x87, all else zero.
inline Image PlainImage() {
  Image image;
  memset(&image, 0, sizeof(image));
  Put<uint16_t>(image.fx, kX87ControlReset);
  Put<uint32_t>(image.fx + 24, kMxcsrReset);
  image.rflags = kFlagFixed | kFlagIf;
  return image;
}

}  // namespace elfin::cpu::x87_test
