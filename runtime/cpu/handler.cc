#include "runtime/cpu/handler.h"

#include "runtime/cpu/cpu.h"
#include "runtime/cpu/translated_map.h"

namespace elfin::cpu {
namespace {

const GuestInsn* Leave(CpuState* state, uint64_t rip, ExitReason reason) {
  state->rip = rip;
  ContextOf(*state).exit = reason;
  return nullptr;
}

const GuestInsn* EnterBlock(CpuState* state, uint64_t address) {
  GuestBlock* block = FindBlock(ContextOf(*state), address);
  if (__builtin_expect(block != nullptr, 1)) return block->insns();
  block = FindOrDecodeBlock(*state, address);
  return block != nullptr ? block->insns() : Leave(state, address, ExitReason::kTrap);
}

}  // namespace

const GuestInsn* LeaveAtInsn(CpuState* state, const GuestInsn* insn) {
  state->budget -= insn->index_in_block;
  return Leave(state, insn->address, ExitReason::kTrap);
}

const GuestInsn* LeaveBehindInsn(CpuState* state, const GuestInsn* insn) {
  state->budget -= insn->index_in_block + 1;
  return Leave(state, insn->next_address(), ExitReason::kTrap);
}

const GuestInsn* LeaveForBudget(CpuState* state, uint64_t rip) {
  return Leave(state, rip, ExitReason::kBudget);
}

const GuestInsn* FollowLink(CpuState* state, const GuestInsn* insn, bool taken) {
  const uint64_t flushes = ContextOf(*state).flushes;
  const uint64_t target = taken ? static_cast<uint64_t>(insn->immediate) : insn->next_address();
  const bool linkable =
      MemoryOperand(insn->form) == 4 && insn->handler != 0 && target <= UINT32_MAX;
  const GuestInsn* next = EnterBlock(state, target);
  // A flush has freed the block that insn is in.
  if (next != nullptr && linkable && ContextOf(*state).flushes == flushes) {
    auto& link = const_cast<GuestInsn*>(insn)->link;
    (taken ? link.taken : link.fallthrough) = next;
  }
  return next;
}

const GuestInsn* FollowIndirect(CpuState* state, const GuestInsn* insn, uint64_t target) {
  TranslatedCode* code = ContextOf(*state).translated;
  if (insn->mnemonic == decoder::Mnemonic::kJmp && code != nullptr) {
    NoteJump(code->seen_jumps, static_cast<uint32_t>(insn->address), static_cast<uint32_t>(target));
  }
  return EnterBlock(state, target);
}

const GuestInsn* FollowAddress(CpuState* state, uint64_t address) {
  return EnterBlock(state, address);
}

}  // namespace elfin::cpu
