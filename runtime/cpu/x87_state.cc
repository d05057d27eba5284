#include "runtime/cpu/x87_state.h"

#include "runtime/cpu/float80/float80.h"
#include "runtime/cpu/guest_access.h"

namespace elfin::cpu {
namespace {

constexpr uint16_t kControlBits = 0x1f3f;
constexpr uint16_t kControlFixed = 0x0040;
constexpr uint16_t kExceptionBits = 0x3f;
constexpr uint16_t kTopBits = 7u << kX87TopShift;
constexpr uint16_t kCodeSelector = 0x33;
constexpr uint16_t kOpcodeBits = 0x07ff;
constexpr unsigned kRegisterBytes = 10;

enum Tag : unsigned { kTagValid, kTagZero, kTagSpecial, kTagEmpty };

Tag TagOf(const X87Register& reg) {
  switch (Classify(float80::Float80{reg.significand, reg.sign_exponent})) {
    case float80::Class::kZero:
      return kTagZero;
    case float80::Class::kNormal:
      return kTagValid;
    default:
      return kTagSpecial;
  }
}

uint16_t StoredSelector(const CpuState& state) {
  return state.x87_instruction == 0 ? 0 : kCodeSelector;
}

void Store16(CpuState* state, uint64_t address, uint16_t value) {
  StoreGuest(*state, address, value);
}
/// 16 bits in a field of 32, whose upper half is all ones.
void Store32(CpuState* state, uint64_t address, uint16_t value) {
  StoreGuest(*state, address, 0xffff0000u | value);
}

void StoreEnvironment16(CpuState* state, uint64_t address) {
  Store16(state, address, state->x87_control);
  Store16(state, address + 2, ReadX87Status(*state));
  Store16(state, address + 4, ReadX87Tags(*state));
  Store16(state, address + 6, static_cast<uint16_t>(state->x87_instruction));
  Store16(state, address + 8, StoredSelector(*state));
  Store16(state, address + 10, static_cast<uint16_t>(state->x87_data));
  Store16(state, address + 12, 0);
}

void StoreEnvironment32(CpuState* state, uint64_t address) {
  const auto opcode = static_cast<uint32_t>(state->x87_opcode & kOpcodeBits);
  Store32(state, address, state->x87_control);
  Store32(state, address + 4, ReadX87Status(*state));
  Store32(state, address + 8, ReadX87Tags(*state));
  StoreGuest(*state, address + 12, static_cast<uint32_t>(state->x87_instruction));
  StoreGuest(*state, address + 16, opcode << 16 | StoredSelector(*state));
  StoreGuest(*state, address + 20, static_cast<uint32_t>(state->x87_data));
  Store32(state, address + 24, 0);
}

void StoreEnvironment(CpuState* state, uint64_t address, uint32_t operand_bits) {
  if (operand_bits == 16) {
    StoreEnvironment16(state, address);
  } else {
    StoreEnvironment32(state, address);
  }
}

}  // namespace

uint16_t ReadX87Status(const CpuState& state) {
  return static_cast<uint16_t>(state.x87_status | (state.x87_top & 7u) << kX87TopShift);
}

void WriteX87Status(CpuState& state, uint16_t status) {
  state.x87_status = static_cast<uint16_t>(status & ~kTopBits);
  state.x87_top = static_cast<uint8_t>(status >> kX87TopShift & 7);
  UpdateX87Summary(state);
}

void WriteX87Control(CpuState& state, uint16_t control) {
  state.x87_control = static_cast<uint16_t>((control & kControlBits) | kControlFixed);
  UpdateX87Summary(state);
}

void UpdateX87Summary(CpuState& state) {
  constexpr uint16_t kBoth = kX87Summary | kX87Busy;
  const bool pending = (state.x87_status & ~state.x87_control & kExceptionBits) != 0;
  state.x87_status = static_cast<uint16_t>((state.x87_status & ~kBoth) | (pending ? kBoth : 0));
}

uint16_t ReadX87Tags(const CpuState& state) {
  unsigned tags = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned tag = (state.x87_valid >> i & 1) != 0 ? TagOf(state.x87[i]) : kTagEmpty;
    tags |= tag << (2 * i);
  }
  return static_cast<uint16_t>(tags);
}

void WriteX87Tags(CpuState& state, uint16_t tags) {
  unsigned valid = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((tags >> (2 * i) & 3) != kTagEmpty) valid |= 1u << i;
  }
  state.x87_valid = static_cast<uint8_t>(valid);
}

void LoadX87Control(CpuState* state, uint16_t control) { WriteX87Control(*state, control); }

void InitX87(CpuState* state) {
  state->x87_control = kX87ControlReset;
  state->x87_status = 0;
  state->x87_top = 0;
  state->x87_valid = 0;
  state->x87_opcode = 0;
  state->x87_instruction = 0;
  state->x87_data = 0;
}

void ClearX87Exceptions(CpuState* state) {
  state->x87_status &=
      static_cast<uint16_t>(~(kExceptionBits | kX87StackFault | kX87Summary | kX87Busy));
}

void StoreX87Environment(CpuState* state, uint64_t address, uint32_t operand_bits) {
  StoreEnvironment(state, address, operand_bits);
  WriteX87Control(*state, state->x87_control | kExceptionBits);
}

void LoadX87Environment(CpuState* state, uint64_t address, uint32_t operand_bits) {
  const unsigned step = operand_bits == 16 ? 2 : 4;
  state->x87_control = LoadGuest<uint16_t>(*state, address);
  WriteX87Tags(*state, LoadGuest<uint16_t>(*state, address + 2 * step));
  if (operand_bits == 16) {
    state->x87_instruction = LoadGuest<uint16_t>(*state, address + 6);
    state->x87_opcode = 0;
    state->x87_data = LoadGuest<uint16_t>(*state, address + 10);
  } else {
    state->x87_instruction = LoadGuest<uint32_t>(*state, address + 12);
    state->x87_opcode = LoadGuest<uint16_t>(*state, address + 18) & kOpcodeBits;
    state->x87_data = LoadGuest<uint32_t>(*state, address + 20);
  }
  WriteX87Control(*state, state->x87_control);
  WriteX87Status(*state, LoadGuest<uint16_t>(*state, address + step));
}

void SaveX87Image(CpuState* state, uint64_t address, uint32_t operand_bits) {
  StoreEnvironment(state, address, operand_bits);
  uint64_t to = address + X87EnvironmentSize(operand_bits);
  for (unsigned i = 0; i < 8; ++i, to += kRegisterBytes) {
    const X87Register& reg = state->x87[(state->x87_top + i) & 7];
    StoreGuest(*state, to, reg.significand);
    StoreGuest(*state, to + 8, reg.sign_exponent);
  }
  InitX87(state);
}

void RestoreX87Image(CpuState* state, uint64_t address, uint32_t operand_bits) {
  LoadX87Environment(state, address, operand_bits);
  uint64_t from = address + X87EnvironmentSize(operand_bits);
  for (unsigned i = 0; i < 8; ++i, from += kRegisterBytes) {
    X87Register& reg = state->x87[(state->x87_top + i) & 7];
    reg.significand = LoadGuest<uint64_t>(*state, from);
    reg.sign_exponent = LoadGuest<uint16_t>(*state, from + 8);
  }
}

void SaveFxImage(CpuState* state, uint64_t address, uint32_t wide_pointers) {
  uint8_t* area = HostPointer(*state, address);
  SaveFxState(*state, area);
  if (wide_pointers != 0 || (state->x87_status & kX87Summary) == 0) return;
  // The upper halves of the pointers are selectors.
  StoreGuest<uint32_t>(*state, address + 12, StoredSelector(*state));
  StoreGuest<uint32_t>(*state, address + 20, 0);
}

void RestoreFxImage(CpuState* state, uint64_t address, uint32_t wide_pointers) {
  LoadFxState(*state, HostPointer(*state, address));
  if (wide_pointers != 0) return;
  state->x87_instruction = static_cast<uint32_t>(state->x87_instruction);
  state->x87_data = static_cast<uint32_t>(state->x87_data);
}

}  // namespace elfin::cpu
