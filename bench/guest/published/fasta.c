// The benchmarks game's fasta: a repeated sequence and two random ones by weights, in lines of 60.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kLine = 60, kModulus = 139968, kFactor = 3877, kStep = 29573, kFirst = 42 };

typedef struct {
  char letter;
  double probability;
} Weight;

static const char kAlu[] =
    "GGCCGGGCGCGGTGGCTCACGCCTGTAATCCCAGCACTTTGG"
    "GAGGCCGAGGCGGGCGGATCACCTGAGGTCAGGAGTTCGAGA"
    "CCAGCCTGGCCAACATGGTGAAACCCCGTCTCTACTAAAAAT"
    "ACAAAAATTAGCCGGGCGTGGTGGCGCGCGCCTGTAATCCCA"
    "GCTACTCGGGAGGCTGAGGCAGGAGAATCGCTTGAACCCGGG"
    "AGGCGGAGGTTGCAGTGAGCCGAGATCGCGCCACTGCACTCC"
    "AGCCTGGGCGACAGAGCGAGACTCCGTCTCAAAAA";

static const Weight kAmbiguous[] = {
    {'a', 0.27}, {'c', 0.12}, {'g', 0.12}, {'t', 0.27}, {'B', 0.02}, {'D', 0.02}, {'H', 0.02}, {'K', 0.02},
    {'M', 0.02}, {'N', 0.02}, {'R', 0.02}, {'S', 0.02}, {'V', 0.02}, {'W', 0.02}, {'Y', 0.02},
};
static const Weight kSapiens[] = {
    {'a', 0.3029549426680}, {'c', 0.1979883004921}, {'g', 0.1975473066391}, {'t', 0.3015094502008}};

static unsigned state = kFirst;

static double Random(void) {
  state = (state * kFactor + kStep) % kModulus;
  return (double)state / kModulus;
}

static char Draw(const Weight* weights, int count) {
  double left = Random();
  for (int i = 0; i < count - 1; i++) {
    if (left < weights[i].probability) return weights[i].letter;
    left -= weights[i].probability;
  }
  return weights[count - 1].letter;
}

static void Repeat(const char* header, const char* text, long letters) {
  size_t length = strlen(text), at = 0;
  puts(header);
  for (long i = 0; i < letters; i++) {
    putchar_unlocked(text[at]);
    at = at + 1 == length ? 0 : at + 1;
    if (i % kLine == kLine - 1 || i == letters - 1) putchar_unlocked('\n');
  }
}

static void DrawAll(const char* header, const Weight* weights, int count, long letters) {
  puts(header);
  for (long i = 0; i < letters; i++) {
    putchar_unlocked(Draw(weights, count));
    if (i % kLine == kLine - 1 || i == letters - 1) putchar_unlocked('\n');
  }
}

int main(int argc, char** argv) {
  long size = argc == 2 ? atol(argv[1]) : 0;
  if (size <= 0) return 2;
  Repeat(">ONE Homo sapiens alu", kAlu, 2 * size);
  DrawAll(">TWO IUB ambiguity codes", kAmbiguous, sizeof kAmbiguous / sizeof *kAmbiguous, 3 * size);
  DrawAll(">THREE Homo sapiens frequency", kSapiens, sizeof kSapiens / sizeof *kSapiens, 5 * size);
  return 0;
}
