// The kernels of bench/guest: which there are, and how much is a quick run of each.

// Sizes for which a native run takes about 0.05 s; without one a kernel takes its full size. The
// units differ, each source says its own.
export const quickSizes = {
  base64: 20,
  byte_code: 14,
  crc32: 20,
  fib: 35,
  hash_map: 1500,
  inflate: 6,
  list: 3,
  lz77: 3,
  mandelbrot: 600,
  matrix: 7,
  n_body: 220,
  quicksort: 500000,
  sha256: 12,
  sieve: 5,
  string_search: 16,
};

export const kernelNames = Object.keys(quickSizes);
