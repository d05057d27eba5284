#include "runtime/cpu/cpu.h"

#include "decoder/insn_decoder.h"
#include "runtime/cpu/guest_access.h"
#include "runtime/cpu/handler.h"
#include "runtime/cpu/push_window.h"
#include "runtime/cpu/shadow_stack.h"
#include "runtime/cpu/translated_entry.h"
#include "runtime/cpu/translated_map.h"

namespace elfin::cpu {

void ResetCpu(CpuState& state, uint64_t memory_base, uint64_t cache_begin, uint64_t cache_end) {
  ResetCpuState(state);
  state.memory_base = memory_base;
  ResetDecodeCache(state, HostPointer(state, cache_begin), HostPointer(state, cache_end));
}

void SetKernel(CpuState& state, SyscallFunction syscall, void* kernel) {
  ContextOf(state).syscall = syscall;
  ContextOf(state).kernel = kernel;
}

void SetInsnMemo(CpuState& state, decoder::InsnMemo* memo) { ContextOf(state).memo = memo; }

ExitReason Run(CpuState& state) {
  CpuContext& context = ContextOf(state);
  state.budget_at_entry = state.budget;
  context.exit = ExitReason::kBudget;
  RefreshSpan(state);
  ForgetPushWindow(state);
  if (state.budget >= 0) {
    GuestBlock* block = FindOrDecodeBlock(state, state.rip);
    if (block == nullptr) {
      context.exit = ExitReason::kTrap;
    } else {
      const GuestInsn* insn = block->insns();
      if constexpr (kHandlersReturn) {
        while (insn != nullptr) insn = HandlerOf(insn)(&state, insn);
      } else {
        context.shadow_stack = ShadowStackPointer();
        HandlerOf(insn)(&state, insn);
        RestoreShadowStack(context.shadow_stack);
      }
    }
  }
  const auto retired = static_cast<uint64_t>(state.budget_at_entry - state.budget);
  state.instructions += retired;
  if (context.translated != nullptr) context.translated->counters.instructions += retired;
  state.budget_at_entry = state.budget;
  return context.exit;
}

void Invalidate(CpuState& state, uint64_t begin, uint64_t end) {
  if (state.context != 0) InvalidateBlocks(state, begin, end);
}

const char* InsnNameAt(const CpuState& state, uint64_t address) {
  const unsigned size = FetchableBytes(state, address);
  const auto mode = static_cast<decoder::GuestMode>(state.guest_mode);
  return size == 0 ? "(bad)" : decoder::InsnName(HostPointer(state, address), size, mode);
}

void Interrupt(CpuState& state) {
  // Both are moved, so that their difference, the instructions done, stays.
  state.budget_at_entry -= state.budget;
  state.budget = 0;
}

}  // namespace elfin::cpu
