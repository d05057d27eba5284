#include "syscalls/kernel/traps.h"

#include <cstdio>

namespace elfin::kernel {

namespace {

using cpu::TrapKind;
using memory::FaultKind;

constexpr size_t kLongestInstruction = 15;
// Exception flags: bits 0 to 5 of the x87 status word and of MXCSR.
constexpr uint32_t kInvalid = 1, kDenormal = 2, kZeroDivide = 4, kOverflow = 8, kUnderflow = 16,
                   kPrecision = 32;

int32_t FloatCode(uint32_t raised) {
  if ((raised & kInvalid) != 0) return abi::kFpeFltInv;
  if ((raised & kZeroDivide) != 0) return abi::kFpeFltDiv;
  if ((raised & kOverflow) != 0) return abi::kFpeFltOvf;
  if ((raised & (kUnderflow | kDenormal)) != 0) return abi::kFpeFltUnd;
  if ((raised & kPrecision) != 0) return abi::kFpeFltRes;
  return 0;
}

TrapSignal Fault(int signal, int32_t code, uint64_t address) {
  TrapSignal result;
  result.info.signo = signal;
  result.info.code = code;
  result.info.fault.address = address;
  return result;
}

TrapSignal PageFault(const cpu::CpuState& state, const memory::AddressSpace& space) {
  const uint64_t address = state.trap.address;
  uint32_t bits = state.trap.access | cpu::kTrapUser;
  TrapSignal result;
  switch (space.ExplainFault(address, AccessOf(state.trap.access))) {
    case FaultKind::kForbidden:
      if (space.ExplainFault(address, memory::kProtRead) == FaultKind::kNone) {
        bits |= cpu::kTrapPresent;
      }
      result = Fault(abi::kSigSegv, abi::kSegvAccErr, address);
      break;
    case FaultKind::kBeyondFile:
      result = Fault(abi::kSigBus, abi::kBusAdrErr, address);
      break;
    case FaultKind::kNone:
    case FaultKind::kNotMapped:
      result = Fault(abi::kSigSegv, abi::kSegvMapErr, address);
      break;
  }
  result.error_code = bits;
  return result;
}

TrapSignal Choose(const cpu::CpuState& state, const memory::AddressSpace& space) {
  switch (state.trap.kind) {
    case TrapKind::kDivide:
      return Fault(abi::kSigFpe, abi::kFpeIntDiv, state.rip);
    case TrapKind::kDebug: {
      const bool stepping = (state.other_flags & cpu::kFlagTf) != 0;
      return Fault(abi::kSigTrap, stepping ? abi::kTrapTrace : abi::kTrapBrkpt, state.rip);
    }
    case TrapKind::kBreakpoint:
      return Fault(abi::kSigTrap, abi::kSiKernel, 0);
    case TrapKind::kOverflow:
      return Fault(abi::kSigSegv, abi::kSiKernel, 0);
    case TrapKind::kInvalidOpcode:
    case TrapKind::kNotImplemented:
      return Fault(abi::kSigIll, abi::kIllIllOpn, state.rip);
    case TrapKind::kGeneralProtection: {
      TrapSignal result = Fault(abi::kSigSegv, abi::kSiKernel, 0);
      result.error_code = state.trap.access;
      return result;
    }
    case TrapKind::kPageFault:
      return PageFault(state, space);
    case TrapKind::kX87:
      return Fault(abi::kSigFpe, FloatCode(state.x87_status & ~state.x87_control & 0x3fu),
                   state.rip);
    case TrapKind::kAlignment:
      return Fault(abi::kSigBus, abi::kBusAdrAln, 0);
    case TrapKind::kSimd:
      return Fault(abi::kSigFpe, FloatCode(state.mxcsr & ~(state.mxcsr >> 7) & 0x3f), state.rip);
  }
  CHECK(false);
}

std::string Hex(uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string WhatHappened(const cpu::CpuState& state) {
  switch (state.trap.kind) {
    case TrapKind::kDivide:
      return "division by zero or overflow";
    case TrapKind::kDebug:
      return "debug trap";
    case TrapKind::kBreakpoint:
      return "breakpoint";
    case TrapKind::kOverflow:
      return "overflow trap";
    case TrapKind::kInvalidOpcode:
      return "invalid instruction";
    case TrapKind::kGeneralProtection:
      return "general protection fault";
    case TrapKind::kPageFault: {
      const uint8_t access = AccessOf(state.trap.access);
      const char* what = access == memory::kProtExecute ? "executing"
                         : access == memory::kProtWrite ? "writing"
                                                        : "reading";
      return std::string("page fault ") + what + " " + Hex(state.trap.address);
    }
    case TrapKind::kX87:
    case TrapKind::kSimd:
      return "floating-point exception";
    case TrapKind::kAlignment:
      return "misaligned access";
    case TrapKind::kNotImplemented:
      return "instruction that Elfin doesn't have yet";
  }
  CHECK(false);
}

}  // namespace

uint8_t AccessOf(uint32_t bits) {
  if ((bits & cpu::kTrapFetch) != 0) return memory::kProtExecute;
  return (bits & cpu::kTrapWrite) != 0 ? memory::kProtWrite : memory::kProtRead;
}

TrapSignal SignalForTrap(const cpu::CpuState& state, const memory::AddressSpace& space) {
  TrapSignal result = Choose(state, space);
  const TrapKind kind = state.trap.kind;
  result.trap_number =
      static_cast<uint64_t>(kind == TrapKind::kNotImplemented ? TrapKind::kInvalidOpcode : kind);
  return result;
}

std::string DescribeTrap(const cpu::CpuState& state, const memory::AddressSpace& space) {
  std::string text = WhatHappened(state) + " at " + Hex(state.rip);
  uint8_t bytes[kLongestInstruction];
  Result<size_t> count = space.CopyInPartial(GuestAddr{state.rip}, bytes, sizeof(bytes));
  if (!count.ok()) return text;
  text += ":";
  for (size_t i = 0; i < count.value(); ++i) {
    char hex[4];
    std::snprintf(hex, sizeof(hex), " %02x", bytes[i]);
    text += hex;
  }
  const std::string name = space.memory().InsnName(state.rip);
  return name.empty() ? text : text + " (" + name + ")";
}

}  // namespace elfin::kernel
