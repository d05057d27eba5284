// Mandelbrot's set: scalar doubles in a short loop. Size: rows and columns of the picture.
#include "kernel.h"

enum { kSteps = 200 };

static int Escape(double real, double imaginary) {
  double x = 0, y = 0;
  for (int step = 0; step < kSteps; ++step) {
    const double xx = x * x, yy = y * y;
    if (xx + yy > 4) return step;
    y = 2 * x * y + imaginary;
    x = xx - yy + real;
  }
  return kSteps;
}

int main(int argc, char** argv) {
  const long size = KernelSize(argc, argv, 3000);
  uint64_t checksum = 0, inside = 0;
  for (long row = 0; row < size; ++row) {
    const double imaginary = (2 * (double)row + 1) / (double)size * 1.25 - 1.25;
    for (long column = 0; column < size; ++column) {
      const double real = (2 * (double)column + 1) / (double)size * 1.25 - 2;
      const int steps = Escape(real, imaginary);
      inside += steps == kSteps;
      checksum = Mix(checksum, (uint64_t)steps);
    }
  }
  printf("%llu inside\n", (unsigned long long)inside);
  return PrintChecksum("mandelbrot", checksum);
}
