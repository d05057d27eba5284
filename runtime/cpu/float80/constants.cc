#include "runtime/cpu/float80/constants.h"

namespace elfin::cpu::float80 {
namespace {

struct Entry {
  Float80 truncated;
  bool nearest_is_above;
};

// The next bits: 0x49…, 0xbe…, 0xc4…, 0x8f…, 0xc9….
constexpr Entry kEntries[] = {
    {{0xd49a784bcd1b8afe, kExponentBias + 1}, false},
    {{0xb8aa3b295c17f0bb, kExponentBias}, true},
    {{0xc90fdaa22168c234, kExponentBias + 1}, true},
    {{0x9a209a84fbcff798, kExponentBias - 2}, true},
    {{0xb17217f7d1cf79ab, kExponentBias - 1}, true},
};

}  // namespace

Float80 LoadConstant(Rounding rounding, Constant constant) {
  const Entry& entry = kEntries[static_cast<unsigned>(constant)];
  const bool up =
      rounding == Rounding::kUp || (rounding == Rounding::kNearest && entry.nearest_is_above);
  return {entry.truncated.significand + (up ? 1 : 0), entry.truncated.sign_exponent};
}

}  // namespace elfin::cpu::float80
