#include "syscalls/kernel/signal_frame.h"

#include "runtime/base/types.h"
#include "syscalls/abi/signal_frame.h"
#include "syscalls/kernel/process.h"

namespace elfin::kernel {

namespace {

// The processor's numbering of registers.
enum Gpr { kRax, kRcx, kRdx, kRbx, kRsp, kRbp, kRsi, kRdi, kR8 };

constexpr uint64_t kFlagRf = 1u << 16;
constexpr uint16_t kUserCs = 0x33, kUserSs = 0x2b;
constexpr uint64_t kRestorableFlags =
    cpu::kArithmeticFlags | cpu::kFlagTf | cpu::kFlagDf | cpu::kFlagAc;

bool IsOnAlternateStack(const Thread& thread, uint64_t stack_pointer) {
  const abi::StackT& stack = thread.alternate_stack;
  if ((static_cast<uint32_t>(stack.flags) & abi::kSsAutoDisarm) != 0) return false;
  return stack_pointer > stack.sp && stack_pointer - stack.sp <= stack.size;
}

bool IsFault(uint64_t trap_number) {
  using cpu::TrapKind;
  return trap_number != static_cast<uint64_t>(TrapKind::kDebug) &&
         trap_number != static_cast<uint64_t>(TrapKind::kBreakpoint) &&
         trap_number != static_cast<uint64_t>(TrapKind::kOverflow);
}

void SaveRegisters(const Thread& thread, const cpu::CpuState& state, abi::SigContext& to) {
  const uint64_t* gpr = state.gpr;
  uint64_t* const high[] = {&to.r8, &to.r9, &to.r10, &to.r11, &to.r12, &to.r13, &to.r14, &to.r15};
  for (int i = 0; i < 8; ++i) *high[i] = gpr[kR8 + i];
  to.rdi = gpr[kRdi];
  to.rsi = gpr[kRsi];
  to.rbp = gpr[kRbp];
  to.rbx = gpr[kRbx];
  to.rdx = gpr[kRdx];
  to.rax = gpr[kRax];
  to.rcx = gpr[kRcx];
  to.rsp = gpr[kRsp];
  to.rip = state.rip;
  to.rflags = cpu::ReadRflags(state);
  // The processor sets the resume flag in what a fault saves.
  if (!thread.trap_text.empty() && IsFault(thread.trap_number)) to.rflags |= kFlagRf;
  to.cs = kUserCs;
  to.ss = kUserSs;
  to.error_code = thread.trap_error_code;
  to.trap_number = thread.trap_number;
  to.cr2 = thread.fault_address;
}

void RestoreRegisters(cpu::CpuState& state, const abi::SigContext& from) {
  uint64_t* gpr = state.gpr;
  const uint64_t high[] = {from.r8,  from.r9,  from.r10, from.r11,
                           from.r12, from.r13, from.r14, from.r15};
  for (int i = 0; i < 8; ++i) gpr[kR8 + i] = high[i];
  gpr[kRdi] = from.rdi;
  gpr[kRsi] = from.rsi;
  gpr[kRbp] = from.rbp;
  gpr[kRbx] = from.rbx;
  gpr[kRdx] = from.rdx;
  gpr[kRax] = from.rax;
  gpr[kRcx] = from.rcx;
  gpr[kRsp] = from.rsp;
  state.rip = from.rip;
  const uint64_t kept = cpu::ReadRflags(state) & ~kRestorableFlags;
  cpu::WriteRflags(state, kept | (from.rflags & kRestorableFlags));
}

/// Where the frame goes; 0: the alternate stack that we are on has no room for it.
uint64_t ChooseStack(const Thread& thread, uint64_t stack_pointer, uint64_t flags,
                     uint64_t* fx_area) {
  const bool was_on_alternate = IsOnAlternateStack(thread, stack_pointer);
  uint64_t sp = stack_pointer - abi::kRedZone;
  const abi::StackT& stack = thread.alternate_stack;
  if ((flags & abi::kSaOnStack) != 0 && stack.size != 0 && !was_on_alternate) {
    sp = stack.sp + stack.size;
  }
  *fx_area = RoundDown(sp - abi::kFxAreaSize, 64);
  const uint64_t frame = RoundDown(*fx_area - sizeof(abi::RtSigFrame), 16) - 8;
  const bool uses_alternate = was_on_alternate || sp == stack.sp + stack.size;
  if (uses_alternate && stack.size != 0 && !IsOnAlternateStack(thread, frame) &&
      (static_cast<uint32_t>(stack.flags) & abi::kSsAutoDisarm) == 0) {
    return 0;
  }
  return frame;
}

}  // namespace

int32_t AlternateStackFlags(const Thread& thread, uint64_t stack_pointer) {
  if (thread.alternate_stack.size == 0) return abi::kSsDisable;
  return IsOnAlternateStack(thread, stack_pointer) ? abi::kSsOnStack : 0;
}

Status PushSignalFrame(Thread& thread, cpu::CpuState& state, const abi::SigInfo& info,
                       const abi::KernelSigaction& action, SignalSet saved_mask) {
  if ((action.flags & abi::kSaRestorer) == 0) return Errno::kFault;
  uint64_t fx_area = 0;
  const uint64_t address = ChooseStack(thread, state.gpr[kRsp], action.flags, &fx_area);
  if (address == 0) return Errno::kFault;
  uint8_t fx_state[abi::kFxAreaSize];
  cpu::SaveFxState(state, fx_state);
  abi::RtSigFrame frame{};
  frame.return_address = action.restorer;
  frame.context.flags = abi::kUcSigContextSs | abi::kUcStrictRestoreSs;
  frame.context.stack = thread.alternate_stack;
  SaveRegisters(thread, state, frame.context.registers);
  frame.context.registers.old_mask = saved_mask.bits;
  frame.context.registers.fpstate = fx_area;
  frame.context.mask = saved_mask.bits;
  frame.info = info;
  memory::AddressSpace& memory = *thread.process().memory;
  TRY(memory.CopyOut(GuestAddr{fx_area}, fx_state, sizeof(fx_state)));
  TRY(memory.CopyOut(GuestPtr<abi::RtSigFrame>{{address}}, frame));
  if ((static_cast<uint32_t>(thread.alternate_stack.flags) & abi::kSsAutoDisarm) != 0) {
    thread.alternate_stack = {0, abi::kSsDisable, 0, 0};
  }
  state.gpr[kRdi] = static_cast<uint64_t>(info.signo);
  state.gpr[kRsi] = address + offsetof(abi::RtSigFrame, info);
  state.gpr[kRdx] = address + offsetof(abi::RtSigFrame, context);
  state.gpr[kRax] = 0;
  state.gpr[kRsp] = address;
  state.rip = action.handler;
  cpu::WriteRflags(state, cpu::ReadRflags(state) & ~(cpu::kFlagDf | cpu::kFlagTf));
  return kOk;
}

Status PopSignalFrame(Thread& thread, cpu::CpuState& state) {
  memory::AddressSpace& memory = *thread.process().memory;
  // The handler's `ret` has taken the return address.
  const GuestAddr address{state.gpr[kRsp] - sizeof(uint64_t)};
  const auto frame = TRY(memory.CopyIn(GuestPtr<abi::RtSigFrame>{address}));
  if (frame.context.registers.fpstate != 0) {
    uint8_t fx_state[abi::kFxAreaSize];
    TRY(memory.CopyIn(GuestAddr{frame.context.registers.fpstate}, fx_state, sizeof(fx_state)));
    uint32_t mxcsr;
    __builtin_memcpy(&mxcsr, fx_state + 24, sizeof(mxcsr));
    if ((mxcsr & ~cpu::kMxcsrMask) != 0) return Errno::kFault;
    cpu::LoadFxState(state, fx_state);
  }
  RestoreRegisters(state, frame.context.registers);
  thread.SetBlocked({frame.context.mask});
  const abi::StackT& stack = frame.context.stack;
  const uint32_t mode = static_cast<uint32_t>(stack.flags) & ~abi::kSsAutoDisarm;
  if (mode == 0 || mode == static_cast<uint32_t>(abi::kSsOnStack)) {
    if (!IsOnAlternateStack(thread, state.gpr[kRsp])) thread.alternate_stack = stack;
  } else if (mode == static_cast<uint32_t>(abi::kSsDisable)) {
    thread.alternate_stack = {0, abi::kSsDisable, 0, 0};
  }
  return kOk;
}

}  // namespace elfin::kernel
