#include "runtime/cpu/flag_words.h"

#include <type_traits>

#include "jit/semantics/float_lanes.h"
#include "runtime/cpu/value_machine.h"

namespace elfin::cpu {
namespace {

/// action(flags): with the description that code, left and right stand for.
template <unsigned kBits, class Action>
uint64_t WithFlags(FlagKind kind, uint64_t left, uint64_t right, Action action) {
  using semantics::Width;
  using Int = ValueMachine::Int<kBits>;
  const auto a = static_cast<Int>(left);
  const auto b = static_cast<Int>(right);
  switch (kind) {
    case FlagKind::kAdd:
      return action(semantics::AddFlags{static_cast<Int>(a - b), b, a, Width<kBits>{}});
    case FlagKind::kSub:
      return action(semantics::SubFlags{a, b, static_cast<Int>(a - b), Width<kBits>{}});
    case FlagKind::kLogic:
      return action(semantics::LogicFlags{a, Width<kBits>{}});
    case FlagKind::kFloat:
      if constexpr (kBits >= 32) {
        using Shape = semantics::ScalarShape<kBits>;
        ValueMachine m(nullptr, nullptr);
        auto number = [&](Int bits) { return m.FFromBits(Shape{}, bits); };
        return action(semantics::FloatFlags<Shape, decltype(number(a))>{number(a), number(b)});
      }
      break;
    case FlagKind::kWords:
      break;
  }
  return action(semantics::WordFlags{left, right});
}

template <class Action>
uint64_t Dispatch(uint32_t code, uint64_t left, uint64_t right, Action action) {
  const auto kind = static_cast<FlagKind>(code >> 8);
  switch (code & 0xff) {
    case 1:
      return WithFlags<8>(kind, left, right, action);
    case 2:
      return WithFlags<16>(kind, left, right, action);
    case 4:
      return WithFlags<32>(kind, left, right, action);
    default:
      return WithFlags<64>(kind, left, right, action);
  }
}

}  // namespace

uint64_t FlagResultWord(uint32_t code, uint64_t left, uint64_t right) {
  return Dispatch(code, left, right, [](const auto& flags) {
    ValueMachine m(nullptr, nullptr);
    return flags.ResultWord(m);
  });
}

uint64_t FlagCarryWord(uint32_t code, uint64_t left, uint64_t right) {
  return Dispatch(code, left, right, [](const auto& flags) {
    ValueMachine m(nullptr, nullptr);
    return flags.CarryWord(m);
  });
}

}  // namespace elfin::cpu
