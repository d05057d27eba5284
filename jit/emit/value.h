// Values of the building machine: the number of the operation that makes them, with the
// vocabulary's type. Int<8> and Int<16> are I32s whose upper bits may be anything unless Op::bits
// says otherwise.
#pragma once

#include "jit/emit/op.h"

namespace elfin::jit {

template <unsigned kBits>
struct IntValue {
  static constexpr unsigned bits = kBits;
  OpId id;
};
struct BitValue {
  OpId id;
};
struct VectorValue {
  OpId id;
};
template <unsigned kBits>
struct FloatValue {
  static constexpr unsigned bits = kBits;
  OpId id;
};

template <unsigned kBits>
constexpr Type IntType() {
  return kBits == 64 ? Type::kI64 : Type::kI32;
}

}  // namespace elfin::jit
