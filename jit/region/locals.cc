#include "jit/region/locals.h"

namespace elfin::jit {

wasm::Type WasmType(Type type) {
  switch (type) {
    case Type::kNone:
      return wasm::Type::none;
    case Type::kI32:
      return wasm::Type::i32;
    case Type::kI64:
      return wasm::Type::i64;
    case Type::kF32:
      return wasm::Type::f32;
    case Type::kF64:
      return wasm::Type::f64;
    case Type::kV128:
      return wasm::Type::v128;
  }
  return wasm::Type::none;
}

wasm::Index Locals::Add(Type type) {
  constexpr wasm::Index kParameters = 3;
  vars_.push_back(WasmType(type));
  return kParameters + static_cast<wasm::Index>(vars_.size()) - 1;
}

wasm::Index Locals::ForSlot(Slot slot) { return Named(&slots_[slot], SlotType(slot)); }

wasm::Index Locals::Take(Type type, int now, int last_use) {
  auto& list = temporaries_[static_cast<size_t>(type)];
  for (Temporary& temporary : list) {
    if (temporary.busy_until >= now) continue;
    temporary.busy_until = last_use;
    return temporary.index;
  }
  list.push_back({Add(type), last_use});
  return list.back().index;
}

void Locals::FreeAll() {
  for (auto& list : temporaries_) {
    for (Temporary& temporary : list) temporary.busy_until = -1;
  }
}

}  // namespace elfin::jit
