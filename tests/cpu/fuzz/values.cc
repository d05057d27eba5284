#include "tests/cpu/fuzz/values.h"

#include <cstring>

namespace elfin::fuzz {
namespace {

/// exponent and fraction of a binary format, as fields.
struct Parts {
  uint64_t sign, exponent, fraction;
};

/// `exponent_bits` and `fraction_bits` of the format; the bias follows.
Parts InterestingParts(Random& random, unsigned exponent_bits, unsigned fraction_bits) {
  const uint64_t top = (uint64_t{1} << exponent_bits) - 1;
  const uint64_t bias = top / 2;
  const uint64_t all = fraction_bits == 64 ? ~uint64_t{0} : (uint64_t{1} << fraction_bits) - 1;
  const uint64_t quiet = uint64_t{1} << (fraction_bits - 1);
  const uint64_t sign = random.Next() & 1;
  const uint64_t any = random.Next() & all;
  const uint64_t few = (any & (any << 3) & (any >> 5)) & all;
  switch (random.Below(20)) {
    case 0:
      return {sign, top, quiet};  // default quiet NaN, either sign
    case 1:
      return {sign, top, any | quiet};  // quiet NaN with a payload
    case 2:
      return {sign, top, (any & ~quiet) | 1};  // signalling NaN
    case 3:
      return {sign, top, 0};  // infinity
    case 4:
    case 5:
      return {sign, 0, 0};  // zero
    case 6:
      return {sign, 0, any};  // denormal
    case 7:
      return {sign, 0, random.Chance(50) ? 1 : all};  // smallest, largest denormal
    case 8:
      return {sign, 1, few};  // about the smallest normal
    case 9:
      return {sign, top - 1, random.Chance(50) ? all : any};  // about the largest
    case 10:
    case 11:
      return {sign, bias, 0};  // 1
    case 12:
      return {sign, bias + random.Below(8), few};  // small, few bits
    case 13: {                                     // about 2^15, 2^31, 2^63: limits of integers
      static constexpr uint64_t kLimits[] = {6, 7, 14, 15, 16, 30, 31, 32, 62, 63, 64};
      return {sign, bias + random.Pick(kLimits),
              random.Chance(50)   ? 0
              : random.Chance(50) ? all
                                  : any};
    }
    case 14:
      return {sign, bias - 1 + random.Below(3), any};  // near 1
    case 15:
      return {sign, bias - 1 - random.Below(fraction_bits + 2), few};
    case 16:
      return {sign, bias + random.Below(fraction_bits + 2), few};
    case 17:
      return {sign, random.Below(3), any};
    default:
      return {sign, random.Below(top + 1), any};
  }
}

uint64_t InterestingDecimal(Random& random) {
  uint64_t digits = 0;
  for (int n = 0; n < 16; ++n) digits = digits << 4 | (random.Chance(90) ? random.Below(10) : 0);
  return digits;
}

/// Runs of few letters, so that strings occur in each other; the ends differ in sign.
uint64_t InterestingText(Random& random) {
  static constexpr uint8_t kLetters[] = {'a', 'b', 'a', 'b', 'a', 'b', 0x80, 0xff, 'z'};
  const bool words = random.Chance(40);
  uint64_t text = 0;
  for (int n = 0; n < (words ? 4 : 8); ++n) {
    const uint64_t letter = random.Chance(6) ? 0 : random.Pick(kLetters);
    text = words ? text << 16 | letter << (random.Chance(10) ? 8 : 0) : text << 8 | letter;
  }
  return text;
}

void PutWord(uint8_t* to, uint64_t word) { memcpy(to, &word, sizeof(word)); }

}  // namespace

uint64_t InterestingInteger(Random& random) {
  static constexpr uint64_t kLimits[] = {0,
                                         1,
                                         2,
                                         0x7f,
                                         0x80,
                                         0xff,
                                         0x7fff,
                                         0x8000,
                                         0xffff,
                                         0x7fffffff,
                                         0x80000000,
                                         0xffffffff,
                                         0x7fffffffffffffff,
                                         0x8000000000000000,
                                         ~uint64_t{0},
                                         ~uint64_t{1}};
  const uint64_t any = random.Next();
  switch (random.Below(8)) {
    case 0:
    case 1:
      return random.Pick(kLimits);
    case 2:
      return random.Pick(kLimits) + random.Below(5) - 2;
    case 3:
      return random.Below(70);
    case 4:
      return any & random.Next() & random.Next();
    case 5:  // a limit of each width in its place
      return (any & 0xffff'ffff'0000'0000) | static_cast<uint32_t>(random.Pick(kLimits));
    default:
      return any;
  }
}

uint32_t InterestingFloat(Random& random) {
  const Parts p = InterestingParts(random, 8, 23);
  return static_cast<uint32_t>(p.sign << 31 | p.exponent << 23 | p.fraction);
}

uint64_t InterestingDouble(Random& random) {
  const Parts p = InterestingParts(random, 11, 52);
  return p.sign << 63 | p.exponent << 52 | p.fraction;
}

void InterestingExtended(Random& random, uint8_t to[10]) {
  const Parts p = InterestingParts(random, 15, 63);
  // The integer bit is set but for zeros and denormals; now and then it isn't as it should be.
  uint64_t significand = p.fraction;
  if ((p.exponent != 0) != random.Chance(4)) significand |= uint64_t{1} << 63;
  const auto top = static_cast<uint16_t>(p.sign << 15 | p.exponent);
  memcpy(to, &significand, 8);
  memcpy(to + 8, &top, 2);
}

void FillLanes(Random& random, Lanes lanes, uint8_t* to, size_t size) {
  for (size_t at = 0; at < size; at += 8) {
    Lanes kind = lanes;
    if (kind == Lanes::kMixed) kind = static_cast<Lanes>(random.Below(3));
    switch (kind) {
      case Lanes::kFloats:
        PutWord(to + at, InterestingFloat(random) | uint64_t{InterestingFloat(random)} << 32);
        break;
      case Lanes::kDoubles:
        PutWord(to + at, InterestingDouble(random));
        break;
      case Lanes::kExtended:
        if (at % 16 == 0 && at + 10 <= size) {
          uint8_t number[10];
          InterestingExtended(random, number);
          memcpy(to + at, number, 10);
          if (at + 16 <= size) memset(to + at + 10, 0, 6);
        } else if (at % 16 == 0) {
          PutWord(to + at, random.Next());
        }
        break;
      case Lanes::kDecimal:
        PutWord(to + at, InterestingDecimal(random));
        break;
      case Lanes::kText:
        PutWord(to + at, InterestingText(random));
        break;
      case Lanes::kIntegers:
      case Lanes::kMixed:
        PutWord(to + at, InterestingInteger(random));
        break;
    }
  }
}

}  // namespace elfin::fuzz
