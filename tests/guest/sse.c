// SSE and SSE2 intrinsics over pseudo-random operands, one hash a group.
#include <emmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t state = 99;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}
static __m128i random128(void) { return _mm_set_epi64x((long long)next(), (long long)next()); }
static uint64_t hash;
static void mix(__m128i v) {
  uint64_t words[2];
  memcpy(words, &v, 16);
  hash = (hash ^ words[0]) * 0x100000001b3ull;
  hash = (hash ^ words[1]) * 0x100000001b3ull;
}
#define GROUP(name, ...)                         \
  do {                                           \
    hash = 0;                                    \
    for (int i = 0; i < 2000; ++i) {             \
      volatile __m128i va = random128(), vb = random128(); \
      __m128i a = va, b = vb;                    \
      (void)b;                                   \
      __VA_ARGS__                                \
    }                                            \
    printf("%-8s %016llx\n", name, (unsigned long long)hash); \
  } while (0)

int main(void) {
  GROUP("add", mix(_mm_add_epi8(a, b)); mix(_mm_add_epi16(a, b)); mix(_mm_add_epi32(a, b));
        mix(_mm_add_epi64(a, b)); mix(_mm_adds_epi8(a, b)); mix(_mm_adds_epu8(a, b));
        mix(_mm_adds_epi16(a, b)); mix(_mm_adds_epu16(a, b)););
  GROUP("subtract", mix(_mm_sub_epi8(a, b)); mix(_mm_sub_epi16(a, b)); mix(_mm_sub_epi32(a, b));
        mix(_mm_sub_epi64(a, b)); mix(_mm_subs_epi8(a, b)); mix(_mm_subs_epu8(a, b));
        mix(_mm_subs_epi16(a, b)); mix(_mm_subs_epu16(a, b)););
  GROUP("multiply", mix(_mm_mullo_epi16(a, b)); mix(_mm_mulhi_epi16(a, b));
        mix(_mm_mulhi_epu16(a, b)); mix(_mm_mul_epu32(a, b)); mix(_mm_madd_epi16(a, b));
        mix(_mm_sad_epu8(a, b)); mix(_mm_avg_epu8(a, b)); mix(_mm_avg_epu16(a, b)););
  GROUP("compare", mix(_mm_cmpeq_epi8(a, _mm_and_si128(a, b))); mix(_mm_cmpgt_epi8(a, b));
        mix(_mm_cmpgt_epi16(a, b)); mix(_mm_cmpgt_epi32(a, b)); mix(_mm_cmpeq_epi32(a, b));
        mix(_mm_max_epi16(a, b)); mix(_mm_min_epi16(a, b)); mix(_mm_max_epu8(a, b));
        mix(_mm_min_epu8(a, b)); mix(_mm_cvtsi32_si128(_mm_movemask_epi8(a))););
  GROUP("logic", mix(_mm_and_si128(a, b)); mix(_mm_or_si128(a, b)); mix(_mm_xor_si128(a, b));
        mix(_mm_andnot_si128(a, b)););
  GROUP("shift", __m128i n = _mm_cvtsi32_si128(i % 70); mix(_mm_sll_epi16(a, n));
        mix(_mm_sll_epi32(a, n)); mix(_mm_sll_epi64(a, n)); mix(_mm_srl_epi16(a, n));
        mix(_mm_srl_epi32(a, n)); mix(_mm_srl_epi64(a, n)); mix(_mm_sra_epi16(a, n));
        mix(_mm_sra_epi32(a, n)); mix(_mm_slli_si128(a, 5)); mix(_mm_srli_si128(a, 11));
        mix(_mm_slli_epi16(a, 3)); mix(_mm_srai_epi32(a, 31)););
  GROUP("shuffle", mix(_mm_shuffle_epi32(a, 0x1b)); mix(_mm_shufflelo_epi16(a, 0x93));
        mix(_mm_shufflehi_epi16(a, 0x6c)); mix(_mm_unpacklo_epi8(a, b)); mix(_mm_unpackhi_epi8(a, b));
        mix(_mm_unpacklo_epi16(a, b)); mix(_mm_unpackhi_epi32(a, b)); mix(_mm_unpacklo_epi64(a, b));
        mix(_mm_packs_epi16(a, b)); mix(_mm_packs_epi32(a, b)); mix(_mm_packus_epi16(a, b));
        mix(_mm_insert_epi16(a, 77, 3)); mix(_mm_cvtsi32_si128(_mm_extract_epi16(a, 6)));
        mix(_mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), 0x4e)));
        mix(_mm_castpd_si128(_mm_shuffle_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b), 1))););
  // Finite floats, so that no NaN's payload depends on operand order.
  GROUP("float", __m128 x = _mm_cvtepi32_ps(a); __m128 y = _mm_cvtepi32_ps(b);
        mix(_mm_castps_si128(_mm_add_ps(x, y))); mix(_mm_castps_si128(_mm_mul_ps(x, y)));
        mix(_mm_castps_si128(_mm_div_ps(x, y))); mix(_mm_castps_si128(_mm_min_ps(x, y)));
        mix(_mm_castps_si128(_mm_cmplt_ps(x, y))); mix(_mm_cvtps_epi32(_mm_div_ps(x, y)));
        mix(_mm_cvttps_epi32(x)); mix(_mm_castps_si128(_mm_sqrt_ps(_mm_mul_ps(x, x))));
        mix(_mm_castps_si128(_mm_add_ss(x, y))); mix(_mm_castps_si128(_mm_movehl_ps(x, y)));
        mix(_mm_cvtsi32_si128(_mm_movemask_ps(x))); mix(_mm_cvtsi32_si128(_mm_comilt_ss(x, y))););
  GROUP("double", __m128d x = _mm_cvtepi32_pd(a); __m128d y = _mm_cvtepi32_pd(b);
        mix(_mm_castpd_si128(_mm_sub_pd(x, y))); mix(_mm_castpd_si128(_mm_mul_pd(x, y)));
        mix(_mm_castpd_si128(_mm_div_pd(x, y))); mix(_mm_castpd_si128(_mm_max_pd(x, y)));
        mix(_mm_castpd_si128(_mm_cmple_pd(x, y))); mix(_mm_cvttpd_epi32(_mm_div_pd(x, y)));
        mix(_mm_castps_si128(_mm_cvtpd_ps(x))); mix(_mm_castpd_si128(_mm_sqrt_sd(x, _mm_mul_pd(y, y))));
        mix(_mm_cvtsi64_si128(_mm_cvtsd_si64(_mm_mul_sd(x, y)))););
  return 0;
}
