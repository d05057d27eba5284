#include "runtime/cpu/float80/convert.h"
#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {
namespace {

constexpr unsigned kDigitBytes = 9;
constexpr uint64_t kDecimalEnd = 1'000'000'000'000'000'000;  // 10^18

constexpr PackedDecimal kDecimalIndefinite{{0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff}};

}  // namespace

Float80 FromDecimal(const PackedDecimal& decimal) {
  uint64_t magnitude = 0;
  for (unsigned i = kDigitBytes; i-- > 0;) {
    const uint8_t byte = decimal.bytes[i];
    magnitude = magnitude * 100 + (byte >> 4) * 10u + (byte & 15);
  }
  const Float80 value = FromInteger(static_cast<int64_t>(magnitude));
  return (decimal.bytes[kDigitBytes] & 0x80) ? Negate(value) : value;
}

PackedDecimal ToDecimal(Context& context, Float80 a) {
  Context attempt = context;
  const int64_t value = ToInteger(attempt, a, 64);
  uint64_t rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  if ((attempt.raised & kInvalid) || rest >= kDecimalEnd) {
    context.raised |= kInvalid;
    return kDecimalIndefinite;
  }
  context = attempt;
  PackedDecimal decimal{};
  for (unsigned i = 0; i < kDigitBytes; ++i) {
    const uint64_t pair = rest % 100;
    decimal.bytes[i] = static_cast<uint8_t>(pair / 10 << 4 | pair % 10);
    rest /= 100;
  }
  decimal.bytes[kDigitBytes] = a.sign() ? 0x80 : 0;
  return decimal;
}

}  // namespace elfin::cpu::float80
