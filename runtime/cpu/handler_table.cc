#include "runtime/cpu/handler_table.h"

#include <iterator>

#include "jit/instructions/chapters.h"

namespace elfin::cpu {
namespace {

// By decoder::Chapter.
constexpr const HandlerList* kChapters[] = {
    kMoveHandlers,     kArithHandlers,  kShiftHandlers,  kControlHandlers,
    kStringHandlers,   kSystemHandlers, kX87Handlers,    kSseMoveHandlers,
    kSseFloatHandlers, kSseIntHandlers, kMmxHandlers,    kBmiHandlers,
    kSse3Handlers,     kSse4Handlers,   kCryptoHandlers, kMissingHandlers,
};
static_assert(std::size(kChapters) == static_cast<size_t>(decoder::Chapter::kCount));

}  // namespace

Handler HandlerFor(const decoder::GuestInsn& insn) {
  const decoder::RowPlace place = decoder::RowPlaceOf(insn.mnemonic);
  const HandlerList& row = kChapters[place.chapter][place.row];
  const uint32_t key = HandlerKey(insn.form, insn.width);
  for (size_t n = 0; n < row.count; ++n) {
    if (row.entries[n].key == key) return row.entries[n].handler;
  }
  __builtin_trap();  // the decoder checks forms and widths against the row
}

}  // namespace elfin::cpu
