// The locals of a region's function: parameters, one for each slot, and temporaries by type that
// are used again when their last use has passed.
#pragma once

#include <array>
#include <vector>

#include <wasm.h>

#include "jit/emit/op.h"

namespace elfin::jit {

wasm::Type WasmType(Type type);

class Locals {
 public:
  // Parameters (runtime/cpu/translated_code.h).
  static constexpr wasm::Index kState = 0;
  static constexpr wasm::Index kAddress = 1;
  static constexpr wasm::Index kStackLeft = 2;

  Locals() { slots_.fill(kNone); }

  wasm::Index ForSlot(Slot slot);
  /// The span, the address to go on at, the label of dispatch nodes, a scratch I32.
  wasm::Index Span() { return Named(&span_, Type::kI64); }
  wasm::Index Next() { return Named(&next_, Type::kI32); }
  wasm::Index Label() { return Named(&label_, Type::kI32); }
  wasm::Index Result() { return Named(&result_, Type::kI32); }
  /// What the budget may go down to in an unchecked loop (unchecked_loops.h).
  wasm::Index Limit() { return Named(&limit_, Type::kI64); }

  /// A temporary from operation `now` to `last_use`.
  wasm::Index Take(Type type, int now, int last_use);
  /// All temporaries are free again: another block begins.
  void FreeAll();

  const std::vector<wasm::Type>& vars() const { return vars_; }

 private:
  static constexpr wasm::Index kNone = ~wasm::Index{0};
  struct Temporary {
    wasm::Index index;
    int busy_until;
  };

  wasm::Index Add(Type type);
  wasm::Index Named(wasm::Index* index, Type type) {
    if (*index == kNone) *index = Add(type);
    return *index;
  }

  std::array<wasm::Index, kSlotCount> slots_;
  wasm::Index span_ = kNone, next_ = kNone, label_ = kNone, result_ = kNone, limit_ = kNone;
  std::array<std::vector<Temporary>, 6> temporaries_;
  std::vector<wasm::Type> vars_;
};

}  // namespace elfin::jit
