// Products of matrices of doubles with SSE2, two columns at once, blocked by rows; entries are
// fractions, so that nearly every result is rounded. Size: how many products of 256 × 256.
#include <emmintrin.h>

#include "kernel.h"

enum { kOrder = 256 };

typedef double Matrix[kOrder][kOrder];

// to = a · b: four rows and two columns of `to` stay in registers.
static void Multiply(Matrix to, Matrix a, Matrix b) {
  for (int row = 0; row < kOrder; row += 4) {
    for (int column = 0; column < kOrder; column += 2) {
      __m128d sum0 = _mm_setzero_pd(), sum1 = sum0, sum2 = sum0, sum3 = sum0;
      for (int k = 0; k < kOrder; ++k) {
        const __m128d right = _mm_loadu_pd(&b[k][column]);
        sum0 = _mm_add_pd(sum0, _mm_mul_pd(_mm_set1_pd(a[row][k]), right));
        sum1 = _mm_add_pd(sum1, _mm_mul_pd(_mm_set1_pd(a[row + 1][k]), right));
        sum2 = _mm_add_pd(sum2, _mm_mul_pd(_mm_set1_pd(a[row + 2][k]), right));
        sum3 = _mm_add_pd(sum3, _mm_mul_pd(_mm_set1_pd(a[row + 3][k]), right));
      }
      _mm_storeu_pd(&to[row][column], sum0);
      _mm_storeu_pd(&to[row + 1][column], sum1);
      _mm_storeu_pd(&to[row + 2][column], sum2);
      _mm_storeu_pd(&to[row + 3][column], sum3);
    }
  }
}

// Brings the rows back to a largest entry of 1, so that powers neither vanish nor overflow.
static void Normalize(Matrix matrix) {
  for (int row = 0; row < kOrder; ++row) {
    double largest = 1e-300;
    for (int i = 0; i < kOrder; ++i) {
      const double size = matrix[row][i] < 0 ? -matrix[row][i] : matrix[row][i];
      if (size > largest) largest = size;
    }
    for (int i = 0; i < kOrder; ++i) matrix[row][i] /= largest;
  }
}

int main(int argc, char** argv) {
  const long products = KernelSize(argc, argv, 120);
  static Matrix a, b, c;
  uint64_t state = 5;
  for (int row = 0; row < kOrder; ++row) {
    for (int i = 0; i < kOrder; ++i) {
      a[row][i] = (double)(int64_t)(NextRandom(&state) % 2001 - 1000) / 1001.0;
      b[row][i] = 1.0 / (1 + row + i);
    }
  }
  for (long i = 0; i < products; ++i) {
    Multiply(c, a, b);
    Normalize(c);
    Multiply(b, c, a);
    Normalize(b);
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kOrder; ++i) checksum = MixDouble(checksum, b[i][(7 * i) % kOrder]);
  printf("%.17g\n", b[3][4]);
  return PrintChecksum("matrix", checksum);
}
