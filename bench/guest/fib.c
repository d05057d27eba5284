// Fibonacci's numbers by plain recursion: calls and returns. Size: which number.
#include "kernel.h"

// Not inlined into itself, so that there are as many calls as the source says.
__attribute__((noinline, optimize("no-optimize-sibling-calls", "no-inline"))) static uint64_t Fib(
    uint64_t n) {
  return n < 2 ? n : Fib(n - 1) + Fib(n - 2);
}

int main(int argc, char** argv) {
  return PrintChecksum("fib", Fib((uint64_t)KernelSize(argc, argv, 40)));
}
