#include "jit/emit/insn_table.h"

#include <iterator>

#include "jit/instructions/chapters.h"

namespace elfin::jit {
namespace {

// By decoder::Chapter; null: the interpreter's.
constexpr const EmitterList* kChapters[] = {
    kMoveEmitters, kArithEmitters,   kShiftEmitters,    kControlEmitters, nullptr, kSystemEmitters,
    nullptr,       kSseMoveEmitters, kSseFloatEmitters, kSseIntEmitters,  nullptr, kBmiEmitters,
    kSse3Emitters, kSse4Emitters,    kCryptoEmitters,   nullptr,
};
static_assert(std::size(kChapters) == static_cast<size_t>(decoder::Chapter::kCount));

}  // namespace

Emitter EmitterFor(const GuestInsn& insn) {
  const decoder::RowPlace place = decoder::RowPlaceOf(insn.mnemonic);
  if (kChapters[place.chapter] == nullptr) return nullptr;
  const EmitterList& row = kChapters[place.chapter][place.row];
  const uint32_t key = insn.form | static_cast<uint32_t>(insn.width) << 16;
  for (size_t n = 0; n < row.count; ++n) {
    if (row.entries[n].key == key) return row.entries[n].emitter;
  }
  return nullptr;
}

}  // namespace elfin::jit
