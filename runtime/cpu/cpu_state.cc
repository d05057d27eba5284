#include "runtime/cpu/cpu_state.h"

#include "runtime/cpu/x87_state.h"

namespace elfin::cpu {
namespace {

// FXSAVE's layout (SDM vol. 1, table 10-2).
constexpr unsigned kFxControl = 0;
constexpr unsigned kFxStatus = 2;
constexpr unsigned kFxTag = 4;
constexpr unsigned kFxOpcode = 6;
constexpr unsigned kFxInstruction = 8;
constexpr unsigned kFxData = 16;
constexpr unsigned kFxMxcsr = 24;
constexpr unsigned kFxMxcsrMask = 28;
constexpr unsigned kFxX87 = 32;
constexpr unsigned kFxVector = 160;
constexpr unsigned kFxSlot = 16;

constexpr uint16_t kOpcodeMask = 0x07ff;

constexpr uint64_t kUserFlags = kFlagTf | kFlagDf | kFlagNt | kFlagAc | kFlagId;
constexpr uint64_t kCarryOut = uint64_t{1} << 63;
constexpr uint64_t kCarryIntoTop = uint64_t{1} << 62;
constexpr uint64_t kCarryHalf = uint64_t{1} << 3;
constexpr uint64_t kSignCorrection = 1;
constexpr unsigned kParityCorrectionShift = 8;

enum SegmentIndex { kCs = 1, kSs = 2 };

template <class T>
void Put(uint8_t* area, unsigned offset, T value) {
  __builtin_memcpy(area + offset, &value, sizeof(T));
}

template <class T>
T Get(const uint8_t* area, unsigned offset) {
  T value;
  __builtin_memcpy(&value, area + offset, sizeof(T));
  return value;
}

}  // namespace

uint64_t ReadRflags(const CpuState& state) {
  const uint64_t result = state.flag_result;
  const uint64_t carry = state.flag_carry;
  const uint64_t sign = (result >> 63 ^ carry) & 1;
  const auto parity_byte = static_cast<unsigned>((result ^ carry >> kParityCorrectionShift) & 0xff);
  uint64_t flags = (state.other_flags & ~kArithmeticFlags) | kFlagFixed | kFlagIf;
  if (carry & kCarryOut) flags |= kFlagCf;
  if ((carry ^ carry << 1) & kCarryOut) flags |= kFlagOf;
  if (carry & kCarryHalf) flags |= kFlagAf;
  if (result == 0) flags |= kFlagZf;
  if (sign != 0) flags |= kFlagSf;
  if (__builtin_popcount(parity_byte) % 2 == 0) flags |= kFlagPf;
  return flags;
}

void WriteRflags(CpuState& state, uint64_t rflags) {
  // A result of zero or of 0x100: sign clear and parity even in both, the corrections say what
  // differs.
  uint64_t carry = 0;
  if (rflags & kFlagCf) carry |= kCarryOut;
  if (((rflags & kFlagCf) != 0) != ((rflags & kFlagOf) != 0)) carry |= kCarryIntoTop;
  if (rflags & kFlagAf) carry |= kCarryHalf;
  if (rflags & kFlagSf) carry |= kSignCorrection;
  if (!(rflags & kFlagPf)) carry |= uint64_t{1} << kParityCorrectionShift;
  state.flag_result = (rflags & kFlagZf) ? 0 : 0x100;
  state.flag_carry = carry;
  state.other_flags =
      (state.other_flags & ~(kUserFlags | kArithmeticFlags)) | (rflags & kUserFlags);
}

void SaveFxState(const CpuState& state, uint8_t area[512]) {
  Put(area, kFxControl, state.x87_control);
  Put(area, kFxStatus, ReadX87Status(state));
  Put<uint16_t>(area, kFxTag, state.x87_valid);
  // As AMD's processors do: the pointers are there only for a handler that looks for what has
  // failed.
  const bool pending = (state.x87_status & kX87Summary) != 0;
  Put<uint16_t>(area, kFxOpcode, pending ? state.x87_opcode & kOpcodeMask : 0);
  Put<uint64_t>(area, kFxInstruction, pending ? state.x87_instruction : 0);
  Put<uint64_t>(area, kFxData, pending ? state.x87_data : 0);
  Put(area, kFxMxcsr, state.mxcsr);
  Put(area, kFxMxcsrMask, kMxcsrMask);
  for (unsigned i = 0; i < 8; ++i) {
    const X87Register& reg = state.x87[(state.x87_top + i) & 7];
    Put(area, kFxX87 + kFxSlot * i, reg.significand);
    Put<uint64_t>(area, kFxX87 + kFxSlot * i + 8, reg.sign_exponent);
  }
  for (unsigned i = 0; i < 16; ++i) {
    __builtin_memcpy(area + kFxVector + kFxSlot * i, state.vector[i].bytes, kFxSlot);
  }
}

void LoadFxState(CpuState& state, const uint8_t area[512]) {
  WriteX87Control(state, Get<uint16_t>(area, kFxControl));
  WriteX87Status(state, Get<uint16_t>(area, kFxStatus));
  state.x87_valid = area[kFxTag];
  state.x87_opcode = Get<uint16_t>(area, kFxOpcode) & kOpcodeMask;
  state.x87_instruction = Get<uint64_t>(area, kFxInstruction);
  state.x87_data = Get<uint64_t>(area, kFxData);
  state.mxcsr = Get<uint32_t>(area, kFxMxcsr);
  for (unsigned i = 0; i < 8; ++i) {
    X87Register& reg = state.x87[(state.x87_top + i) & 7];
    reg.significand = Get<uint64_t>(area, kFxX87 + kFxSlot * i);
    reg.sign_exponent = Get<uint16_t>(area, kFxX87 + kFxSlot * i + 8);
  }
  for (unsigned i = 0; i < 16; ++i) {
    __builtin_memcpy(state.vector[i].bytes, area + kFxVector + kFxSlot * i, kFxSlot);
  }
}

void KeepMemoryFields(CpuState& state, const CpuState& there) {
  state.code_generation = there.code_generation;
  state.memory_base = there.memory_base;
  state.context = there.context;
  state.jump_cache = there.jump_cache;
  state.span = there.span;
  state.push_window_begin = there.push_window_begin;
  state.push_window_size = there.push_window_size;
}

void ResetCpuState(CpuState& state) {
  state = CpuState{};
  state.flag_result = 0x100;  // all arithmetic flags clear; parity is odd by its correction
  state.flag_carry = uint64_t{1} << kParityCorrectionShift;
  state.other_flags = kFlagFixed | kFlagIf;
  state.mxcsr = kMxcsrReset;
  state.x87_control = kX87ControlReset;
  state.segment_selector[kCs] = kUserCodeSelector;
  state.segment_selector[kSs] = kUserDataSelector;
}

}  // namespace elfin::cpu
