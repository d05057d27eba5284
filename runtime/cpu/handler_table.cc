#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN(...) +1
constexpr size_t kMoveCount = 0
#include "jit/instructions/move.inc"
    ;
constexpr size_t kArithCount = 0
#include "jit/instructions/arith.inc"
    ;
constexpr size_t kShiftCount = 0
#include "jit/instructions/shift.inc"
    ;
constexpr size_t kControlCount = 0
#include "jit/instructions/control.inc"
    ;
constexpr size_t kStringCount = 0
#include "jit/instructions/string.inc"
    ;
constexpr size_t kSystemCount = 0
#include "jit/instructions/system.inc"
    ;
constexpr size_t kX87Count = 0
#include "jit/instructions/x87.inc"
    ;
constexpr size_t kSseMoveCount = 0
#include "jit/instructions/sse_move.inc"
    ;
constexpr size_t kSseFloatCount = 0
#include "jit/instructions/sse_float.inc"
    ;
constexpr size_t kSseIntCount = 0
#include "jit/instructions/sse_int.inc"
    ;
constexpr size_t kMmxCount = 0
#include "jit/instructions/mmx.inc"
    ;
constexpr size_t kBmiCount = 0
#include "jit/instructions/bmi.inc"
    ;
constexpr size_t kSse3Count = 0
#include "jit/instructions/sse3.inc"
    ;
constexpr size_t kSse4Count = 0
#include "jit/instructions/sse4.inc"
    ;
constexpr size_t kCryptoCount = 0
#include "jit/instructions/crypto.inc"
    ;
constexpr size_t kMissingCount = 0
#include "jit/instructions/missing.inc"
    ;
#undef INSN

struct Chapter {
  const HandlerList* rows;
  size_t count;
};
// In the order of jit/instructions.inc: Mnemonic values count through it.
constexpr Chapter kChapters[] = {
    {kMoveHandlers, kMoveCount},         {kArithHandlers, kArithCount},
    {kShiftHandlers, kShiftCount},       {kControlHandlers, kControlCount},
    {kStringHandlers, kStringCount},     {kSystemHandlers, kSystemCount},
    {kX87Handlers, kX87Count},           {kSseMoveHandlers, kSseMoveCount},
    {kSseFloatHandlers, kSseFloatCount}, {kSseIntHandlers, kSseIntCount},
    {kMmxHandlers, kMmxCount},           {kBmiHandlers, kBmiCount},
    {kSse3Handlers, kSse3Count},         {kSse4Handlers, kSse4Count},
    {kCryptoHandlers, kCryptoCount},     {kMissingHandlers, kMissingCount},
};

const HandlerList& RowOf(decoder::Mnemonic mnemonic) {
  auto index = static_cast<size_t>(mnemonic);
  for (const Chapter& chapter : kChapters) {
    if (index < chapter.count) return chapter.rows[index];
    index -= chapter.count;
  }
  __builtin_trap();  // a mnemonic is a row
}

}  // namespace

Handler HandlerFor(const decoder::GuestInsn& insn) {
  const HandlerList& row = RowOf(insn.mnemonic);
  const uint32_t key = HandlerKey(insn.form, insn.width);
  for (size_t n = 0; n < row.count; ++n) {
    if (row.entries[n].key == key) return row.entries[n].handler;
  }
  __builtin_trap();  // the decoder checks forms and widths against the row
}

}  // namespace elfin::cpu
