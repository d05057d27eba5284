#include "runtime/cpu/string_compare.h"

#include "jit/semantics/vector.h"

namespace elfin::cpu {
namespace {

using semantics::I16x8;
using semantics::I8x16;

/// The immediate's fields.
enum Control : uint32_t {
  kWords = 1u << 0,
  kSigned = 1u << 1,
  kHighestIndex = 1u << 6,
};
enum class Aggregation : uint32_t { kEqualAny, kRanges, kEqualEach, kEqualOrdered };
enum class Polarity : uint32_t { kPositive, kNegative, kMaskedPositive, kMaskedNegative };

Aggregation AggregationOf(uint32_t control) { return static_cast<Aggregation>(control >> 2 & 3); }
Polarity PolarityOf(uint32_t control) { return static_cast<Polarity>(control >> 4 & 3); }

struct Lengths {
  unsigned a, b;
};

constexpr uint32_t LowBits(unsigned count) { return (1u << count) - 1; }

/// Elements as S has them; masks have a bit for each element of b.
template <class S>
class Comparer : private VectorOps {
 public:
  Comparer(V128 a, V128 b, uint32_t control) : a_(a), b_(b), control_(control) {
    std::memcpy(elements_, &a, sizeof(elements_));
  }

  Lengths TerminatedLengths() { return {LengthOf(a_), LengthOf(b_)}; }

  uint64_t Compare(Lengths lengths) {
    uint32_t mask = Aggregate(lengths);
    const Polarity polarity = PolarityOf(control_);
    if (polarity == Polarity::kNegative) mask = ~mask & kAll;
    if (polarity == Polarity::kMaskedNegative) mask ^= LowBits(lengths.b);
    uint64_t flags = mask != 0 ? kFlagCf : 0;
    if (lengths.b < S::count) flags |= kFlagZf;
    if (lengths.a < S::count) flags |= kFlagSf;
    if ((mask & 1) != 0) flags |= kFlagOf;
    return mask | uint64_t{IndexOf(mask)} << kCompareIndexShift | flags << kCompareFlagsShift;
  }

 private:
  static constexpr uint32_t kAll = (1u << S::count) - 1;

  uint32_t Bits(V128 lanes) {
    if constexpr (S::bits == 16) return VBitmask(I8x16{}, VNarrowS(S{}, lanes, V128{}));
    return VBitmask(S{}, lanes);
  }
  V128 Splat(unsigned n) { return (V128)(U<S>{} + elements_[n]); }
  V128 AtMost(V128 left, V128 right) {
    if ((control_ & kSigned) != 0) return VEq(S{}, VMinS(S{}, left, right), left);
    return VEq(S{}, VMinU(S{}, left, right), left);
  }
  unsigned LengthOf(V128 string) {
    const uint32_t ends = Bits(VEq(S{}, string, V128{}));
    return ends == 0 ? S::count : static_cast<unsigned>(__builtin_ctz(ends));
  }
  unsigned IndexOf(uint32_t mask) const {
    if (mask == 0) return S::count;
    return static_cast<unsigned>((control_ & kHighestIndex) != 0 ? 31 - __builtin_clz(mask)
                                                                 : __builtin_ctz(mask));
  }

  uint32_t Aggregate(Lengths lengths) {
    const uint32_t valid = LowBits(lengths.b);
    switch (AggregationOf(control_)) {
      case Aggregation::kEqualAny:
        return EqualAny(lengths.a) & valid;
      case Aggregation::kRanges:
        return InRanges(lengths.a) & valid;
      case Aggregation::kEqualEach: {
        // Behind both ends all is equal, behind one of them nothing.
        const uint32_t valid_a = LowBits(lengths.a);
        return (Bits(VEq(S{}, a_, b_)) & valid_a & valid) | (kAll & ~(valid_a | valid));
      }
      case Aggregation::kEqualOrdered:
        return Occurrences(lengths.a, valid);
    }
    __builtin_unreachable();
  }
  uint32_t EqualAny(unsigned length) {
    V128 found{};
    for (unsigned n = 0; n < length; ++n) found |= VEq(S{}, b_, Splat(n));
    return Bits(found);
  }
  /// a holds pairs of limits.
  uint32_t InRanges(unsigned length) {
    V128 found{};
    for (unsigned n = 0; n + 1 < length; n += 2) {
      found |= AtMost(Splat(n), b_) & AtMost(b_, Splat(n + 1));
    }
    return Bits(found);
  }
  /// Where a begins in b; what sticks out behind b's register counts as found.
  uint32_t Occurrences(unsigned length, uint32_t valid) {
    uint32_t found = kAll;
    for (unsigned n = 0; n < length; ++n) {
      const uint32_t equal = Bits(VEq(S{}, b_, Splat(n))) & valid;
      found &= equal >> n | ~LowBits(S::count - n);
    }
    return found;
  }

  V128 a_, b_;
  Element<S> elements_[S::count];  // of a
  uint32_t control_;
};

unsigned Magnitude(uint64_t length, unsigned limit) {
  const uint64_t magnitude = static_cast<int64_t>(length) < 0 ? -length : length;
  return magnitude < limit ? static_cast<unsigned>(magnitude) : limit;
}

template <class S>
uint64_t CompareExplicit(V128 a, V128 b, uint64_t length_a, uint64_t length_b, uint32_t control) {
  return Comparer<S>(a, b, control)
      .Compare({Magnitude(length_a, S::count), Magnitude(length_b, S::count)});
}
template <class S>
uint64_t CompareImplicit(V128 a, V128 b, uint32_t control) {
  Comparer<S> comparer(a, b, control);
  return comparer.Compare(comparer.TerminatedLengths());
}

}  // namespace

uint64_t CompareStrings(CpuState*, V128 a, V128 b, uint64_t length_a, uint64_t length_b,
                        uint32_t control) {
  return (control & kWords) != 0 ? CompareExplicit<I16x8>(a, b, length_a, length_b, control)
                                 : CompareExplicit<I8x16>(a, b, length_a, length_b, control);
}

uint64_t CompareTerminatedStrings(CpuState*, V128 a, V128 b, uint32_t control) {
  return (control & kWords) != 0 ? CompareImplicit<I16x8>(a, b, control)
                                 : CompareImplicit<I8x16>(a, b, control);
}

}  // namespace elfin::cpu
