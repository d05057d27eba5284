#include "runtime/cpu/translated_entry.h"

#include "runtime/base/check.h"
#include "runtime/base/types.h"
#include "runtime/cpu/flag_words.h"
#include "runtime/cpu/guest_access.h"
#include "runtime/cpu/handler.h"
#include "runtime/cpu/push_window.h"
#include "runtime/cpu/translated_map.h"

#if defined(__clang__) && defined(__wasm__)
#define ELFIN_TAIL_CALL [[clang::musttail]] return
#else
#define ELFIN_TAIL_CALL return
#endif

namespace elfin::cpu {
namespace {

GuestBlock* BlockOf(const GuestInsn* first) {
  return reinterpret_cast<GuestBlock*>(const_cast<GuestInsn*>(first)) - 1;
}

Handler OwnHandler(const GuestBlock* block) {
  return reinterpret_cast<Handler>(block->first_handler);
}

/// The block's own handler, or null: it is left for its translation.
[[gnu::noinline]] Handler RequestTranslation(CpuState* state, GuestBlock* block) {
  TranslatedCode& code = *ContextOf(*state).translated;
  const bool at_once =
      TakeExpected(*state, block->address) || code.mode == TranslationMode::kSynchronous;
  if (!at_once && code.request_count == TranslatedCode::kMaxRequests) {
    block->countdown = code.threshold;  // the list is full: later
    return OwnHandler(block);
  }
  ++code.counters.requests;
  block->insns()->handler = block->first_handler;
  if (!at_once) {
    code.requests[code.request_count++] = block->address;
    return OwnHandler(block);
  }
  state->rip = block->address;
  ContextOf(*state).exit = ExitReason::kTranslate;
  return nullptr;
}

const GuestInsn* CountEntry(CpuState* state, const GuestInsn* insn) {
  GuestBlock* block = BlockOf(insn);
  if (__builtin_expect(block->countdown != 0, 1)) {
    --block->countdown;
    ELFIN_TAIL_CALL OwnHandler(block)(state, insn);
  }
  const Handler own = RequestTranslation(state, block);
  if (own == nullptr) return nullptr;
  ELFIN_TAIL_CALL own(state, insn);
}

uint32_t CallTranslated(CpuState* state, uint32_t slot, uint32_t address) {
#ifdef __wasm__
  using Function = uint32_t (*)(CpuState*, uint32_t, uint32_t);
  const auto function = reinterpret_cast<Function>(static_cast<uintptr_t>(slot));
  return function(state, address, kTranslatedStackBytes);
#else
  (void)state, (void)slot, (void)address;
  CHECK(false);  // nothing is translated natively
  return kInterpret;
#endif
}

/// The first instruction of the block where the interpreter goes on; its handler is in
/// TranslatedCode::next_handler. Null: the cpu leaves.
const GuestInsn* GoOnInterpreted(CpuState* state, uint64_t address, bool own_handler) {
  GuestBlock* block = FindOrDecodeBlock(*state, address);
  if (block == nullptr) {
    state->rip = address;
    ContextOf(*state).exit = ExitReason::kTrap;
    return nullptr;
  }
  ContextOf(*state).translated->next_handler =
      own_handler ? block->first_handler : block->insns()->handler;
  return block->insns();
}

/// Translated code from `address`, one of its entries, until it ends somewhere else.
[[gnu::noinline]] const GuestInsn* RunTranslated(CpuState* state, uint32_t address) {
  TranslatedCode& code = *ContextOf(*state).translated;
  RefreshSpan(*state);
  uint32_t slot = LookUpSlot(code, address);
  while (slot != 0) {
    const int64_t before = state->budget;
    RefreshPushWindow(*state);
    const uint32_t result = CallTranslated(state, slot, address);
    ++code.counters.entries;
    code.counters.translated_instructions += static_cast<uint64_t>(before - state->budget);
    if (state->budget < 0) {
      ++code.counters.exits_for_budget;
      NormalizeFlags(*state);
      return LeaveForBudget(state, result == kInterpret ? state->rip : result);
    }
    // A slot that only hands its address back does nothing: the interpreter gets on.
    const bool stuck = result == address && state->budget == before;
    if (result == kInterpret || stuck) {
      ++code.counters.exits_to_interpreter;
      NormalizeFlags(*state);
      return GoOnInterpreted(state, stuck ? address : state->rip, true);
    }
    ++code.counters.exits_to_address;
    address = result;
    slot = LookUpSlot(code, address);
  }
  NormalizeFlags(*state);
  return GoOnInterpreted(state, address, false);
}

const GuestInsn* EnterTranslated(CpuState* state, const GuestInsn* insn) {
  const GuestInsn* next = RunTranslated(state, insn->address);
  if (next == nullptr) return nullptr;
  const CpuContext& context = ContextOf(*state);
  RestoreShadowStack(context.shadow_stack);
  ELFIN_TAIL_CALL reinterpret_cast<Handler>(context.translated->next_handler)(state, next);
}

bool IsWritableCode(const CpuState& state, const GuestBlock* block) {
  constexpr uint8_t kBoth = kPageWrite | kPageExecute;
  const uint8_t* map = PageMap(state);
  return (map[block->address >> kPageShift] & kBoth) == kBoth ||
         (map[(block->end - 1) >> kPageShift] & kBoth) == kBoth;
}

}  // namespace

void ArmBlock(CpuState& state, GuestBlock* block) {
  const TranslatedCode& code = *ContextOf(state).translated;
  const uint32_t entry = FindEntry(code, block->address);
  const bool translated = entry != 0 && code.entries[entry].slot != 0;
  const bool expected = entry != 0 && !translated;
  block->countdown = expected ? TranslatedCode::kExpectedRuns : code.threshold;
  block->insns()->handler =
      reinterpret_cast<uintptr_t>(translated ? &EnterTranslated : &CountEntry);
}

void ArmDecodedBlock(CpuState& state, GuestBlock* block) {
  block->first_handler = block->insns()->handler;
  if (ContextOf(state).translated == nullptr) return;
  if (IsWritableCode(state, block)) UsePageChecks(state);
  ArmBlock(state, block);
}

void RefreshSpan(CpuState& state) {
#ifdef __wasm__
  constexpr uint64_t kWasmPageSize = 0x1'0000;
  const uint64_t bytes = __builtin_wasm_memory_size(0) * kWasmPageSize;
  state.span = bytes - kGuestBegin - kSpanSlack;
#else
  state.span = 0;
#endif
}

uint32_t TakeRequest(CpuState& state) {
  TranslatedCode* code = ContextOf(state).translated;
  if (code == nullptr) return 0;
  if (code->requests_taken < code->request_count) return code->requests[code->requests_taken++];
  code->request_count = code->requests_taken = 0;
  return 0;
}

}  // namespace elfin::cpu
