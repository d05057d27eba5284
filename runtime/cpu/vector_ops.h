// The vector part of ValueMachine: jit/semantics/vector.h says what each operation means. Written
// with the compilers' generic vectors, so that g++ and clang (which makes WebAssembly SIMD of it)
// build the same text.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "jit/semantics/machine.h"

namespace elfin::cpu {

typedef uint8_t V128 __attribute__((vector_size(16)));

/// std::bit_cast, which clang 14's library has not.
template <class To, class From>
constexpr To BitCast(From from) {
  return __builtin_bit_cast(To, from);
}

namespace vector_detail {

#define ELFIN_VECTOR(element, name) typedef element name __attribute__((vector_size(16)))
ELFIN_VECTOR(int8_t, S8);
ELFIN_VECTOR(uint8_t, U8);
ELFIN_VECTOR(int16_t, S16);
ELFIN_VECTOR(uint16_t, U16);
ELFIN_VECTOR(int32_t, S32);
ELFIN_VECTOR(uint32_t, U32);
ELFIN_VECTOR(int64_t, S64);
ELFIN_VECTOR(uint64_t, U64);
#undef ELFIN_VECTOR

template <unsigned kBits>
struct Lanes;
template <>
struct Lanes<8> {
  using U = U8;
  using S = S8;
  using Element = uint8_t;
};
template <>
struct Lanes<16> {
  using U = U16;
  using S = S16;
  using Element = uint16_t;
};
template <>
struct Lanes<32> {
  using U = U32;
  using S = S32;
  using Element = uint32_t;
};
template <>
struct Lanes<64> {
  using U = U64;
  using S = S64;
  using Element = uint64_t;
};
template <class Shape>
using Unsigned = typename Lanes<Shape::bits>::U;
template <class Shape>
using Signed = typename Lanes<Shape::bits>::S;
template <class Shape>
using Element = typename Lanes<Shape::bits>::Element;

/// mask ? a : b, lane by lane; mask's lanes are all ones or zeros.
template <class V, class Mask>
V Blend(Mask mask, V a, V b) {
  return (V)(((V)mask & a) | (~(V)mask & b));
}

}  // namespace vector_detail

/// C-style casts between vectors of one size keep the bits.
struct VectorOps {
  template <class S>
  using U = vector_detail::Unsigned<S>;
  template <class S>
  using I = vector_detail::Signed<S>;
  template <class S>
  using Element = vector_detail::Element<S>;

  // ---- whole vectors ----
  V128 VConst(uint64_t high, uint64_t low) { return (V128)vector_detail::U64{low, high}; }
  template <class T>
  V128 VZeroExtend(T a) {
    static_assert(std::is_unsigned_v<T>);
    return (V128)vector_detail::U64{a, 0};
  }
  template <class W>
  auto VTruncate(W, V128 a) {
    return ((typename vector_detail::Lanes<W::bits>::U)a)[0];
  }
  template <class S>
  Element<S> VExtract(S, unsigned lane, V128 a) {
    return ((U<S>)a)[lane];
  }
  template <class S>
  V128 VReplace(S, unsigned lane, V128 a, Element<S> value) {
    auto lanes = (U<S>)a;
    lanes[lane] = value;
    return (V128)lanes;
  }
  bool VAnyTrue(V128 a) {
#ifdef __wasm__
    return __builtin_wasm_any_true_v128((vector_detail::S8)a);
#else
    const auto halves = (vector_detail::U64)a;
    return (halves[0] | halves[1]) != 0;
#endif
  }

  // ---- arithmetic ----
  template <class S>
  V128 VAdd(S, V128 a, V128 b) {
    return (V128)((U<S>)a + (U<S>)b);
  }
  template <class S>
  V128 VSub(S, V128 a, V128 b) {
    return (V128)((U<S>)a - (U<S>)b);
  }
  template <class S>
  V128 VMul(S, V128 a, V128 b) {
    return (V128)((U<S>)a * (U<S>)b);
  }
  /// By the halves of 32-bit lanes: even and odd products apart.
  template <class S>
  V128 VMulHighS(S, V128 a, V128 b) {
    using vector_detail::S32;
    const S32 even = (((S32)a << 16) >> 16) * (((S32)b << 16) >> 16);
    const S32 odd = ((S32)a >> 16) * ((S32)b >> 16);
    return HighHalves(even, odd);
  }
  template <class S>
  V128 VMulHighU(S, V128 a, V128 b) {
    using vector_detail::U32;
    const U32 even = ((U32)a & 0xffff) * ((U32)b & 0xffff);
    const U32 odd = ((U32)a >> 16) * ((U32)b >> 16);
    return HighHalves(even, odd);
  }
  template <class S>
  V128 VMulEvenU(S, V128 a, V128 b) {
    using vector_detail::U64;
    return (V128)(((U64)a & 0xffffffff) * ((U64)b & 0xffffffff));
  }
  template <class S>
  V128 VDot(S, V128 a, V128 b) {
    using vector_detail::S32;
    using vector_detail::U32;
    const S32 even = (((S32)a << 16) >> 16) * (((S32)b << 16) >> 16);
    const S32 odd = ((S32)a >> 16) * ((S32)b >> 16);
    return (V128)((U32)even + (U32)odd);
  }
  template <class S>
  V128 VAddSatU(S, V128 a, V128 b) {
    const auto sum = (U<S>)a + (U<S>)b;
    return (V128)(sum | (U<S>)(sum < (U<S>)a));
  }
  template <class S>
  V128 VSubSatU(S, V128 a, V128 b) {
    const auto left = (U<S>)a;
    const auto right = (U<S>)b;
    return (V128)((left - right) & (U<S>)(left > right));
  }
  /// An overflow has the wrong sign: the limit follows from the operand's.
  template <class S>
  V128 VAddSatS(S, V128 a, V128 b) {
    const auto sum = (U<S>)a + (U<S>)b;
    return Saturate<S>(sum, a, ((U<S>)a ^ sum) & ((U<S>)b ^ sum));
  }
  template <class S>
  V128 VSubSatS(S, V128 a, V128 b) {
    const auto difference = (U<S>)a - (U<S>)b;
    return Saturate<S>(difference, a, ((U<S>)a ^ (U<S>)b) & ((U<S>)a ^ difference));
  }
  template <class S>
  V128 VAverageU(S, V128 a, V128 b) {
    const auto left = (U<S>)a;
    const auto right = (U<S>)b;
    return (V128)((left | right) - ((left ^ right) >> 1));
  }
  template <class S>
  V128 VMinU(S, V128 a, V128 b) {
    return (V128)vector_detail::Blend((U<S>)a < (U<S>)b, (U<S>)a, (U<S>)b);
  }
  template <class S>
  V128 VMaxU(S, V128 a, V128 b) {
    return (V128)vector_detail::Blend((U<S>)a > (U<S>)b, (U<S>)a, (U<S>)b);
  }
  template <class S>
  V128 VMinS(S, V128 a, V128 b) {
    return (V128)vector_detail::Blend((I<S>)a < (I<S>)b, (I<S>)a, (I<S>)b);
  }
  template <class S>
  V128 VMaxS(S, V128 a, V128 b) {
    return (V128)vector_detail::Blend((I<S>)a > (I<S>)b, (I<S>)a, (I<S>)b);
  }
  V128 VSumDifferences(V128 a, V128 b) {
    using vector_detail::U16;
    using vector_detail::U64;
    using vector_detail::U8;
    const auto left = (U8)a;
    const auto right = (U8)b;
    const U8 differences =
        vector_detail::Blend(left > right, (U8)(left - right), (U8)(right - left));
    const U16 pairs = ((U16)differences & 0xff) + ((U16)differences >> 8);
    // The top word collects all four of a half.
    return (V128)(((U64)pairs * 0x0001'0001'0001'0001) >> 48);
  }
  template <class S>
  V128 VEq(S, V128 a, V128 b) {
    return (V128)((U<S>)a == (U<S>)b);
  }
  template <class S>
  V128 VGtS(S, V128 a, V128 b) {
    return (V128)((I<S>)a > (I<S>)b);
  }

  // ---- shifts ----
  template <class S>
  V128 VShl(S, V128 a, uint64_t count) {
    return (V128)((U<S>)a << static_cast<Element<S>>(count));
  }
  template <class S>
  V128 VShrU(S, V128 a, uint64_t count) {
    return (V128)((U<S>)a >> static_cast<Element<S>>(count));
  }
  template <class S>
  V128 VShrS(S, V128 a, uint64_t count) {
    return (V128)((I<S>)a >> static_cast<std::make_signed_t<Element<S>>>(count));
  }
  V128 VShiftBytesUp(V128 a, unsigned count) {
    uint8_t bytes[32] = {};
    std::memcpy(bytes + 16, &a, 16);
    std::memcpy(&a, bytes + 16 - count, 16);
    return a;
  }
  V128 VShiftBytesDown(V128 a, unsigned count) {
    uint8_t bytes[32] = {};
    std::memcpy(bytes, &a, 16);
    std::memcpy(&a, bytes + count, 16);
    return a;
  }

  // ---- lanes ----
  template <class S>
  V128 VNarrowS(S, V128 a, V128 b) {
    constexpr auto high = (1 << (S::bits / 2 - 1)) - 1;
    return Narrow<S>(a, b, -high - 1, high);
  }
  template <class S>
  V128 VNarrowU(S, V128 a, V128 b) {
    return Narrow<S>(a, b, 0, (1 << (S::bits / 2)) - 1);
  }
  template <class S>
  V128 VInterleaveLow(S, V128 a, V128 b) {
    if constexpr (S::bits == 8) {
      return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    } else if constexpr (S::bits == 16) {
      return (V128)__builtin_shufflevector((U<S>)a, (U<S>)b, 0, 8, 1, 9, 2, 10, 3, 11);
    } else if constexpr (S::bits == 32) {
      return (V128)__builtin_shufflevector((U<S>)a, (U<S>)b, 0, 4, 1, 5);
    } else {
      return (V128)__builtin_shufflevector((U<S>)a, (U<S>)b, 0, 2);
    }
  }
  template <class S>
  V128 VInterleaveHigh(S, V128 a, V128 b) {
    if constexpr (S::bits == 8) {
      return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                     31);
    } else if constexpr (S::bits == 16) {
      return (V128)__builtin_shufflevector((U<S>)a, (U<S>)b, 4, 12, 5, 13, 6, 14, 7, 15);
    } else if constexpr (S::bits == 32) {
      return (V128)__builtin_shufflevector((U<S>)a, (U<S>)b, 2, 6, 3, 7);
    } else {
      return (V128)__builtin_shufflevector((U<S>)a, (U<S>)b, 1, 3);
    }
  }
  template <class S>
  V128 VPick(S, V128 a, V128 b, const std::array<uint8_t, S::count>& lanes) {
    Element<S> from[2 * S::count];
    std::memcpy(from, &a, 16);
    std::memcpy(from + S::count, &b, 16);
    Element<S> picked[S::count];
    for (unsigned n = 0; n < S::count; ++n) picked[n] = from[lanes[n]];
    std::memcpy(&a, picked, 16);
    return a;
  }
  template <class S>
  uint32_t VBitmask(S, V128 a) {
#ifdef __wasm__
    if constexpr (S::bits == 8) return __builtin_wasm_bitmask_i8x16((vector_detail::S8)a);
    if constexpr (S::bits == 32) return __builtin_wasm_bitmask_i32x4((vector_detail::S32)a);
    if constexpr (S::bits == 64) return __builtin_wasm_bitmask_i64x2((vector_detail::S64)a);
#endif
    uint32_t mask = 0;
    for (unsigned n = 0; n < S::count; ++n) {
      mask |= static_cast<uint32_t>(((U<S>)a)[n] >> (S::bits - 1)) << n;
    }
    return mask;
  }

 private:
  template <class V>
  static V128 HighHalves(V even, V odd) {
    using vector_detail::U32;
    return (V128)((U32)even >> 16 | ((U32)odd & 0xffff0000));
  }
  template <class S>
  static V128 Saturate(U<S> result, V128 left, U<S> overflow) {
    constexpr auto kMax = static_cast<Element<S>>(static_cast<Element<S>>(~Element<S>{}) >> 1);
    const auto limit = ((U<S>)SignMask<S>(left)) ^ kMax;
    return (V128)vector_detail::Blend((I<S>)overflow < 0, (U<S>)limit, result);
  }
  template <class S>
  static I<S> SignMask(V128 a) {
    return (I<S>)a < 0;
  }
  template <class S>
  static V128 Narrow(V128 a, V128 b, int low, int high) {
    using Half = typename vector_detail::Lanes<S::bits / 2>::U;
    const auto left = (Half)Clamp<S>((I<S>)a, low, high);
    const auto right = (Half)Clamp<S>((I<S>)b, low, high);
    if constexpr (S::bits == 16) {
      return (V128)__builtin_shufflevector(left, right, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22,
                                           24, 26, 28, 30);
    } else {
      return (V128)__builtin_shufflevector(left, right, 0, 2, 4, 6, 8, 10, 12, 14);
    }
  }
  template <class S>
  static I<S> Clamp(I<S> a, int low, int high) {
    using Lane = std::make_signed_t<Element<S>>;
    const I<S> least = I<S>{} + static_cast<Lane>(low);
    const I<S> most = I<S>{} + static_cast<Lane>(high);
    const I<S> raised = vector_detail::Blend(a < least, least, a);
    return vector_detail::Blend(raised > most, most, raised);
  }
};

}  // namespace elfin::cpu
