#include "jit/emit/insn_table.h"

namespace elfin::jit {
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
  const EmitterList* rows;  // null: the interpreter's
  size_t count;
};
// In the order of jit/instructions.inc: Mnemonic values count through it.
constexpr Chapter kChapters[] = {
    {kMoveEmitters, kMoveCount},
    {kArithEmitters, kArithCount},
    {kShiftEmitters, kShiftCount},
    {kControlEmitters, kControlCount},
    {nullptr, kStringCount},
    {kSystemEmitters, kSystemCount},
    {nullptr, kX87Count},
    {kSseMoveEmitters, kSseMoveCount},
    {kSseFloatEmitters, kSseFloatCount},
    {kSseIntEmitters, kSseIntCount},
    {nullptr, kMmxCount},
    {kBmiEmitters, kBmiCount},
    {kSse3Emitters, kSse3Count},
    {kSse4Emitters, kSse4Count},
    {kCryptoEmitters, kCryptoCount},
    {nullptr, kMissingCount},
};

}  // namespace

Emitter EmitterFor(const GuestInsn& insn) {
  auto index = static_cast<size_t>(insn.mnemonic);
  for (const Chapter& chapter : kChapters) {
    if (index >= chapter.count) {
      index -= chapter.count;
      continue;
    }
    if (chapter.rows == nullptr) return nullptr;
    const EmitterList& row = chapter.rows[index];
    const uint32_t key = insn.form | static_cast<uint32_t>(insn.width) << 16;
    for (size_t n = 0; n < row.count; ++n) {
      if (row.entries[n].key == key) return row.entries[n].emitter;
    }
    return nullptr;
  }
  return nullptr;
}

}  // namespace elfin::jit
