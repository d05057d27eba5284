// Quicksort (median of three, insertion sort for short stretches): branches that nothing predicts.
// Size: how many 32-bit integers.
#include "kernel.h"

enum { kShort = 16 };

static inline void Swap(int32_t* a, int32_t* b) {
  const int32_t t = *a;
  *a = *b;
  *b = t;
}

static void InsertionSort(int32_t* first, int32_t* last) {
  for (int32_t* next = first + 1; next <= last; ++next) {
    const int32_t value = *next;
    int32_t* hole = next;
    for (; hole > first && hole[-1] > value; --hole) *hole = hole[-1];
    *hole = value;
  }
}

// Sorts [first, last]; recurs into the smaller part, so that the depth stays logarithmic.
static void Quicksort(int32_t* first, int32_t* last) {
  while (last - first >= kShort) {
    int32_t* middle = first + (last - first) / 2;
    if (*middle < *first) Swap(middle, first);
    if (*last < *first) Swap(last, first);
    if (*last < *middle) Swap(last, middle);
    const int32_t pivot = *middle;
    int32_t *i = first, *j = last;
    while (i <= j) {
      while (*i < pivot) ++i;
      while (*j > pivot) --j;
      if (i <= j) Swap(i++, j--);
    }
    if (j - first < last - i) {
      Quicksort(first, j);
      first = i;
    } else {
      Quicksort(i, last);
      last = j;
    }
  }
  InsertionSort(first, last);
}

int main(int argc, char** argv) {
  const long count = KernelSize(argc, argv, 10000000);
  int32_t* numbers = Allocate((size_t)count * sizeof *numbers);
  uint64_t state = 7, before = 0, after = 0, checksum = 0;
  for (long i = 0; i < count; ++i) {
    numbers[i] = (int32_t)(NextRandom(&state) >> 32);
    before += (uint32_t)numbers[i];
  }
  Quicksort(numbers, numbers + count - 1);
  for (long i = 0; i < count; ++i) {
    if (i > 0 && numbers[i - 1] > numbers[i]) return 1;
    after += (uint32_t)numbers[i];
  }
  if (before != after) return 1;
  for (long i = 0; i < count; i += 1 + count / 1000) {
    checksum = Mix(checksum, (uint32_t)numbers[i]);
  }
  return PrintChecksum("quicksort", checksum);
}
