// The vector and floating-point part of ValueMachine: jit/semantics/vector.h says what each operation means.
#pragma once

#include <cstdint>

namespace elfin::cpu {

typedef uint8_t V128 __attribute__((vector_size(16)));

struct VectorOps {};

}  // namespace elfin::cpu
