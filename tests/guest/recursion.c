// Deep recursion, function pointers, qsort, variadic functions, tail of the call graph.
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static long calls;
__attribute__((noinline)) static int ackermann(int m, int n) {
  ++calls;
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}
__attribute__((noinline)) static long depth(long n, volatile long* above) {
  volatile long here = n + (above ? *above & 1 : 0);
  return n == 0 ? 0 : 1 + depth(n - 1, &here);
}
static int is_odd(unsigned n);
__attribute__((noinline)) static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
__attribute__((noinline)) static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }

static int compare(const void* a, const void* b) {
  const uint32_t x = *(const uint32_t*)a, y = *(const uint32_t*)b;
  return x < y ? -1 : x > y;
}
static long sum(int count, ...) {
  va_list list;
  va_start(list, count);
  long total = 0;
  for (int i = 0; i < count; ++i) total += i % 2 ? (long)va_arg(list, double) : va_arg(list, int);
  va_end(list);
  return total;
}
typedef struct {
  double a, b;
  long c[4];
} Large;
__attribute__((noinline)) static Large twice(Large x) {
  Large y = {x.a * 2, x.b * 2, {x.c[0] * 2, x.c[1] * 2, x.c[2] * 2, x.c[3] * 2}};
  return y;
}
static long add(long a, long b) { return a + b; }
static long subtract(long a, long b) { return a - b; }
static long multiply(long a, long b) { return a * b; }

int main(void) {
  const int value = ackermann(2, 200);
  printf("ackermann %d calls %ld\n", value, calls);
  printf("depth %ld\n", depth(50000, NULL));
  printf("even %d\n", is_even(10001));
  static uint32_t numbers[50000];
  uint32_t x = 1;
  for (int i = 0; i < 50000; ++i) numbers[i] = x = x * 1664525 + 1013904223;
  qsort(numbers, 50000, sizeof *numbers, compare);
  int sorted = 1;
  for (int i = 1; i < 50000; ++i) sorted &= numbers[i - 1] <= numbers[i];
  uint32_t key = numbers[777];
  uint32_t* found = bsearch(&key, numbers, 50000, sizeof *numbers, compare);
  printf("sorted %d first %u last %u found %d\n", sorted, numbers[0], numbers[49999], *found == key);
  printf("variadic %ld\n", sum(10, 1, 2.0, 3, 4.0, 5, 6.0, 7, 8.0, 9, 10.0));
  Large large = twice((Large){1.5, 2.5, {1, 2, 3, 4}});
  printf("struct %g %g %ld %ld\n", large.a, large.b, large.c[0], large.c[3]);
  long (*const table[])(long, long) = {add, subtract, multiply};
  long total = 0;
  for (int i = 0; i < 300000; ++i) total = table[i % 3](total, i) & 0xffffff;
  printf("pointers %ld\n", total);
  return 0;
}
