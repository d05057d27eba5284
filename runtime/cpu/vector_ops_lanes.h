// The part of ValueMachine's vector operations that came with SSSE3 and SSE4.1: bytes by index,
// wider lanes, products. jit/semantics/vector.h says what each means.
#pragma once

#include "runtime/cpu/vector_ops.h"

namespace elfin::cpu {

struct LaneOps : VectorOps {
  V128 VSelect(V128 mask, V128 a, V128 b) { return (mask & a) | (~mask & b); }

  V128 VSwizzle(V128 a, V128 indices) {
#ifdef __wasm__
    return (V128)__builtin_wasm_swizzle_i8x16((vector_detail::S8)a, (vector_detail::S8)indices);
#else
    V128 result{};
    for (unsigned n = 0; n < 16; ++n) result[n] = indices[n] < 16 ? a[indices[n]] : 0;
    return result;
#endif
  }

  template <class S>
  V128 VAbs(S, V128 a) {
    const auto sign = (I<S>)a < 0;
    return (V128)(((U<S>)a ^ (U<S>)sign) - (U<S>)sign);
  }

  /// Each lane stands in the upper half of a wider one and is shifted down.
  template <class S>
  V128 VExtendLowS(S, V128 a) {
    using Wide = typename vector_detail::Lanes<2 * S::bits>::S;
    return (V128)((Wide)VInterleaveLow(S{}, a, a) >> S::bits);
  }
  template <class S>
  V128 VExtendLowU(S, V128 a) {
    return VInterleaveLow(S{}, a, V128{});
  }

  template <class S>
  V128 VMulEvenS(S, V128 a, V128 b) {
    using vector_detail::S64;
    return (V128)((((S64)a << 32) >> 32) * (((S64)b << 32) >> 32));
  }

  template <class S>
  V128 VMulQ15S(S, V128 a, V128 b) {
    using vector_detail::S16;
    using vector_detail::S32;
    using vector_detail::U32;
    const S32 even = ((((S32)a << 16) >> 16) * (((S32)b << 16) >> 16) + 0x4000) >> 15;
    const S32 odd = (((S32)a >> 16) * ((S32)b >> 16) + 0x4000) >> 15;
    const auto result = (S16)(((U32)even & 0xffff) | (U32)odd << 16);
    // Only -32768 squared is too large.
    const S16 least = S16{} + static_cast<int16_t>(-0x8000);
    return (V128)(result ^ (((S16)a == least) & ((S16)b == least)));
  }
};

}  // namespace elfin::cpu
