// The floating-point part of ValueMachine: jit/semantics/float_lanes.h says what each operation
// means. A scalar is a float or a double, a comparison of scalars a bool.
#pragma once

#include <cstdint>
#include <utility>

#include "runtime/cpu/vector_ops_lanes.h"

namespace elfin::cpu {

namespace vector_detail {
typedef float F32 __attribute__((vector_size(16)));
typedef double F64 __attribute__((vector_size(16)));
typedef float F32Half __attribute__((vector_size(8)));
typedef int32_t S32Half __attribute__((vector_size(8)));

template <unsigned kBits>
struct FloatLanes;
template <>
struct FloatLanes<32> {
  using Vector = F32;
  using Number = float;
  using Bits = uint32_t;
};
template <>
struct FloatLanes<64> {
  using Vector = F64;
  using Number = double;
  using Bits = uint64_t;
};

inline float Root(float a) { return __builtin_sqrtf(a); }
inline double Root(double a) { return __builtin_sqrt(a); }
/// To an integer, halves to even; the host's rounding mode is never another. One instruction in
/// WebAssembly.
inline float RoundToEven(float a) { return __builtin_rintf(a); }
inline double RoundToEven(double a) { return __builtin_rint(a); }
inline float Floor(float a) { return __builtin_floorf(a); }
inline double Floor(double a) { return __builtin_floor(a); }
inline float Ceil(float a) { return __builtin_ceilf(a); }
inline double Ceil(double a) { return __builtin_ceil(a); }
inline float Truncate(float a) { return __builtin_truncf(a); }
inline double Truncate(double a) { return __builtin_trunc(a); }

/// action(0), action(1), … without a loop, so that vectors stay in registers.
template <unsigned kCount, class Action>
void ForEachLane(Action action) {
  [&]<unsigned... kLane>(std::integer_sequence<unsigned, kLane...>) { (action(kLane), ...); }
  (std::make_integer_sequence<unsigned, kCount>{});
}
}  // namespace vector_detail

struct FloatOps : LaneOps {
  template <class S>
  using Vector = typename vector_detail::FloatLanes<S::bits>::Vector;
  template <class S>
  using Number = typename vector_detail::FloatLanes<S::bits>::Number;
  template <class S>
  using Bits = typename vector_detail::FloatLanes<S::bits>::Bits;

  template <class S>
  Number<S> FFromBits(S, Bits<S> a) {
    return BitCast<Number<S>>(a);
  }
  template <class S>
  Bits<S> FToBits(S, Number<S> a) {
    return BitCast<Bits<S>>(a);
  }
  template <class S>
  auto FConst(S, double value) {
    if constexpr (S::is_scalar) {
      return static_cast<Number<S>>(value);
    } else {
      return (V128)(Vector<S>{} + static_cast<Number<S>>(value));
    }
  }

#define ELFIN_FLOAT_BINARY(name, operation)            \
  template <class S, class T>                          \
  T name(S, T a, T b) {                                \
    if constexpr (S::is_scalar) {                      \
      return a operation b;                            \
    } else {                                           \
      return (T)((Vector<S>)a operation(Vector<S>) b); \
    }                                                  \
  }
  ELFIN_FLOAT_BINARY(FAdd, +)
  ELFIN_FLOAT_BINARY(FSub, -)
  ELFIN_FLOAT_BINARY(FMul, *)
  ELFIN_FLOAT_BINARY(FDiv, /)
#undef ELFIN_FLOAT_BINARY

#define ELFIN_FLOAT_COMPARE(name, operation)              \
  template <class S, class T>                             \
  auto name(S, T a, T b) {                                \
    if constexpr (S::is_scalar) {                         \
      return a operation b;                               \
    } else {                                              \
      return (V128)((Vector<S>)a operation(Vector<S>) b); \
    }                                                     \
  }
  ELFIN_FLOAT_COMPARE(FLt, <)
  ELFIN_FLOAT_COMPARE(FLe, <=)
  ELFIN_FLOAT_COMPARE(FEq, ==)
  ELFIN_FLOAT_COMPARE(FNe, !=)
#undef ELFIN_FLOAT_COMPARE

  template <class S, class T>
  T FAbs(S, T a) {
    if constexpr (S::is_scalar) {
      return BitCast<T>(static_cast<Bits<S>>(BitCast<Bits<S>>(a) << 1 >> 1));
    } else {
      return (V128)(((U<S>)a << 1) >> 1);
    }
  }
#define ELFIN_FLOAT_UNARY(name, function)                                     \
  template <class S, class T>                                                 \
  T name(S, T a) {                                                            \
    if constexpr (S::is_scalar) {                                             \
      return vector_detail::function(a);                                      \
    } else {                                                                  \
      auto lanes = (Vector<S>)a;                                              \
      vector_detail::ForEachLane<S::count>(                                   \
          [&](unsigned n) { lanes[n] = vector_detail::function(lanes[n]); }); \
      return (V128)lanes;                                                     \
    }                                                                         \
  }
  ELFIN_FLOAT_UNARY(FSqrt, Root)
  ELFIN_FLOAT_UNARY(FNearest, RoundToEven)
  ELFIN_FLOAT_UNARY(FFloor, Floor)
  ELFIN_FLOAT_UNARY(FCeil, Ceil)
  ELFIN_FLOAT_UNARY(FTrunc, Truncate)
#undef ELFIN_FLOAT_UNARY
  template <class S, class Mask, class T>
  T FSelect(S, Mask mask, T a, T b) {
    if constexpr (S::is_scalar) {
      return mask ? a : b;
    } else {
      return vector_detail::Blend(mask, a, b);
    }
  }
  template <class Mask>
  bool FNone(Mask mask) {
    if constexpr (std::is_same_v<Mask, bool>) {
      return !mask;
    } else {
      return !VAnyTrue(mask);
    }
  }

  // ---- conversions of scalars ----
  template <class S, class T>
  Number<S> FFromInt(S, T a) {
    return static_cast<Number<S>>(static_cast<std::make_signed_t<T>>(a));
  }
  template <class W, class T>
  auto FToInt(W, T a) {
    using Result = typename vector_detail::Lanes<W::bits>::Element;
    constexpr T kLimit = W::bits == 32 ? T{0x1p31} : T{0x1p63};
    // Out of range C++ says nothing at all; any number will do.
    if (!(a >= -kLimit - (sizeof(T) == 8 && W::bits == 32 ? 0.5 : 0) && a < kLimit))
      return Result{0};
    return static_cast<Result>(static_cast<std::make_signed_t<Result>>(a));
  }
  double FPromote(float a) { return a; }
  float FDemote(double a) { return static_cast<float>(a); }

  // ---- conversions of vectors ----
  V128 VFloatsFromInts(V128 a) {
    return (V128) __builtin_convertvector((vector_detail::S32)a, vector_detail::F32);
  }
  V128 VDoublesFromLowInts(V128 a) {
    const auto lanes = (vector_detail::S32)a;
    return (V128)vector_detail::F64{static_cast<double>(lanes[0]), static_cast<double>(lanes[1])};
  }
  template <class S>
  V128 VToInts(S, V128 a) {
    const auto lanes = (Vector<S>)a;
    vector_detail::U32 result = {};
    vector_detail::ForEachLane<S::count>([&](unsigned n) {
      result[n] = FToInt(semantics::Width<32>{}, static_cast<Number<S>>(lanes[n]));
    });
    return (V128)result;
  }
  V128 VPromoteLow(V128 a) {
    const auto lanes = (vector_detail::F32)a;
    return (V128)vector_detail::F64{lanes[0], lanes[1]};
  }
  V128 VDemote(V128 a) {
    const auto lanes = (vector_detail::F64)a;
    return (V128)vector_detail::F32{static_cast<float>(lanes[0]), static_cast<float>(lanes[1]), 0,
                                    0};
  }
};

}  // namespace elfin::cpu
