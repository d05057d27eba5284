// 80-bit floating point: arithmetic, conversions, printing, the C library's l functions.
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const char* name, long double value) {
  printf("%s %.20Lg %La\n", name, value, value);
}

int main(void) {
  volatile long double one = 1, three = 3, ten = 10;
  show("third", one / three);
  show("sum", one + 1e-19L);
  show("product", 1.1L * ten * three);
  show("difference", 1e20L - one);
  show("sqrt", sqrtl(2.0L));
  show("fmod", fmodl(1e30L, 7.0L));
  show("remainder", remainderl(10.5L, 3.0L));
  show("rint", rintl(2.5L));
  show("floor", floorl(-2.5L));
  show("ceil", ceill(2.1L));
  show("trunc", truncl(-7.9L));
  show("scale", ldexpl(one, 16000));
  show("tiny", ldexpl(one, -16440));
  show("max", LDBL_MAX);
  show("overflow", LDBL_MAX * ten);
  show("infinite", one / 0.0L);
  printf("nan %d\n", isnan(0.0L / (one - one)) != 0);
  show("exp", expl(1.0L));
  show("log", logl(10.0L));
  show("log2", log2l(10.0L));
  show("pow", powl(2.0L, 0.5L));
  show("abs", fabsl(-1.5L));
  int exponent;
  show("frexp", frexpl(1e100L, &exponent));
  printf("exponent %d\n", exponent);
  show("parsed", strtold("3.14159265358979323846264338327950288", NULL));
  show("parsed hex", strtold("0x1.23456789abcdefp-100", NULL));
  printf("%.30Lf\n%.25Le\n%Lg\n", 0.1L, 12345678901234567890.0L, 1e-4000L);
  int64_t values[] = {INT64_MAX, INT64_MIN, -1, 0, 1234567890123456789};
  for (unsigned i = 0; i < 5; ++i) {
    long double wide = (long double)values[i];
    printf("int64 %.3Lf %lld\n", wide, (long long)(wide / 3));
  }
  printf("uint64 %.3Lf %llu\n", (long double)UINT64_MAX,
         (unsigned long long)((long double)UINT64_MAX / 2));
  printf("to double %.17g to float %.9g\n", (double)(one / three), (float)(one / three));
  printf("compare %d %d %d %d\n", one < three, one > three, one == 1.0L, NAN == one);
  const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
  for (int i = 0; i < 4; ++i) {
    fesetround(modes[i]);
    volatile long double quotient = one / three;
    printf("mode %d %La %ld\n", i, quotient, lrintl(2.5L * one));
  }
  fesetround(FE_TONEAREST);
  feclearexcept(FE_ALL_EXCEPT);
  volatile long double zero = 0;
  volatile long double out = one / zero;
  printf("flags %d", fetestexcept(FE_ALL_EXCEPT) & FE_DIVBYZERO ? 1 : 0);
  out = one / three;
  printf(" %d\n", fetestexcept(FE_INEXACT) != 0);
  (void)out;
  unsigned char bytes[16] = {0};
  long double pi = 3.14159265358979323846L;
  memcpy(bytes, &pi, 10);
  for (int i = 0; i < 10; ++i) printf("%02x", bytes[i]);
  printf("\n");
  return 0;
}
