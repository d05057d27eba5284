// A small random number generator, the same everywhere (splitmix64), and choices made with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace elfin::fuzz {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e37'79b9'7f4a'7c15);
    z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ z >> 27) * 0x94d0'49bb'1331'11eb;
    return z ^ z >> 31;
  }
  uint64_t Below(uint64_t limit) { return Next() % limit; }
  /// True in `percent` of the cases.
  bool Chance(unsigned percent) { return Below(100) < percent; }
  template <class T, size_t kSize>
  T Pick(const T (&values)[kSize]) {
    return values[Below(kSize)];
  }

 private:
  uint64_t state_;
};

/// A seed for one case, so that it can be had again alone.
constexpr uint64_t SeedFor(uint64_t seed, std::string_view bucket, uint64_t number) {
  uint64_t hash = 0xcbf2'9ce4'8422'2325 ^ seed;
  for (char c : bucket) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100'0000'01b3;
  return hash * 0x9e37'79b9'7f4a'7c15 + number * 0xd1b5'4a32'd192'ed03;
}

}  // namespace elfin::fuzz
