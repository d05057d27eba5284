// Whether the host's result of an operation is exact, found by error-free transformations. (Muller
// et al., "Handbook of Floating-Point Arithmetic", chapter 4)
#pragma once

#include "runtime/cpu/soft_float.h"

namespace elfin::cpu {

template <class T>
struct HostResult {
  bool known;  // false: ask soft_float
  bool exact;
  T value;
};

namespace exactness_detail {

/// Zero or far enough from overflow and underflow that no intermediate value gets there.
inline bool IsModerate(double a) {
  const double magnitude = __builtin_fabs(a);
  return a == 0 || (magnitude > 0x1p-200 && magnitude < 0x1p200);
}
inline bool IsModerate(float a) {
  const float magnitude = __builtin_fabsf(a);
  return a == 0 || (magnitude > 0x1p-50f && magnitude < 0x1p50f);
}

/// Whether sum = a + b without error (Knuth's TwoSum).
template <class T>
bool IsExactSum(T a, T b, T sum) {
  const T b_part = sum - a;
  const T a_part = sum - b_part;
  return a - a_part == 0 && b - b_part == 0;
}

/// Whether product = a × b without error.
inline bool IsExactProduct(float a, float b, float product) {
  return static_cast<double>(a) * static_cast<double>(b) == static_cast<double>(product);
}
/// Dekker's product; the halves have 26 bits (Veltkamp).
inline bool IsExactProduct(double a, double b, double product) {
  constexpr double kSplitter = 0x1p27 + 1;
  const double a_scaled = kSplitter * a;
  const double b_scaled = kSplitter * b;
  const double a_high = a_scaled - (a_scaled - a);
  const double b_high = b_scaled - (b_scaled - b);
  const double a_low = a - a_high;
  const double b_low = b - b_high;
  const double error =
      ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
  return error == 0;
}

inline float Root(float a) { return __builtin_sqrtf(a); }
inline double Root(double a) { return __builtin_sqrt(a); }

}  // namespace exactness_detail

/// a operation b, rounded to nearest. Not known: operands or operations with more to tell than
/// "inexact".
template <class T>
HostResult<T> ComputeOnHost(soft_float::Operation operation, T a, T b) {
  using exactness_detail::IsExactProduct;
  using exactness_detail::IsModerate;
  using soft_float::Operation;
  constexpr HostResult<T> kUnknown{false, false, 0};
  if (operation > Operation::kSquareRoot || !IsModerate(b)) return kUnknown;
  if (operation == Operation::kSquareRoot) {
    if (b < 0) return kUnknown;
    const T root = exactness_detail::Root(b);
    return {true, b == 0 || IsExactProduct(root, root, b), root};
  }
  if (!IsModerate(a)) return kUnknown;
  switch (operation) {
    case Operation::kAdd:
      return {true, exactness_detail::IsExactSum<T>(a, b, a + b), a + b};
    case Operation::kSubtract:
      return {true, exactness_detail::IsExactSum<T>(a, -b, a - b), a - b};
    case Operation::kMultiply:
      return {true, IsExactProduct(a, b, a * b), a * b};
    default:
      if (b == 0) return kUnknown;
      return {true, IsExactProduct(a / b, b, a), a / b};
  }
}

}  // namespace elfin::cpu
