// The functions of cpu.wasm that translated code calls (runtime/cpu/translated_helpers.inc).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "jit/emit/op.h"

namespace elfin::jit {

enum class HelperId : uint16_t {
#define HELPER(name, function, ...) k##function,
#include "runtime/cpu/translated_helpers.inc"
#undef HELPER
  kCount,
};

struct HelperSignature {
  const char* name;
  Type result;
  bool takes_state;          // as its first argument; it may change the state then
  unsigned parameter_count;  // without the state
  std::array<Type, 3> parameters;
};
const HelperSignature& SignatureOf(HelperId id);

/// The helper with this function's address; kCount: translated code has no way to call it.
HelperId FindHelper(uintptr_t function);

}  // namespace elfin::jit
