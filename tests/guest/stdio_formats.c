// The C library's formatted input and output, over files in a temporary folder.
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"

int main(void) {
  printf("%d|%5d|%-5d|%05d|%+d|%x|%#X|%o\n", 42, 42, 42, 42, 42, 255, 255, 8);
  printf("%ld %lld %zu %jd\n", LONG_MIN, LLONG_MAX, SIZE_MAX, INTMAX_MIN);
  printf("%s|%10s|%-10s|%.2s|%c|%%\n", "text", "right", "left", "cut", 'c');
  printf("%f %.3e %g %G %a\n", 3.14159, 12345.678, 1e-10, 1e20, 1.5);
  printf("%.0f %.1f %.15g %.17g\n", 2.5, 0.25, 0.1, 0.1);
  printf("%f %F %e\n", 1.0 / 0.0, -1.0 / 0.0, 0.0 / 0.0 == 0 ? 1.0 : 2.0);
  printf("%1$s %2$s %1$s\n", "one", "two");
  int written = 0;
  printf("count%n\n", &written);
  printf("%d\n", written);

  char* path = scratch_path("elfin_stdio_XXXXXX");
  int fd = mkstemp(path);
  FILE* file = fdopen(fd, "w+");
  for (int i = 0; i < 1000; ++i) fprintf(file, "%d %x %g\n", i, i * i, i / 7.0);
  printf("position %ld\n", ftell(file));
  rewind(file);
  long sum = 0;
  int n;
  unsigned hex;
  double quotient;
  double total = 0;
  while (fscanf(file, "%d %x %lf", &n, &hex, &quotient) == 3) {
    sum += n + hex;
    total += quotient;
  }
  printf("sum %ld total %.3f eof %d\n", sum, total, feof(file) != 0);
  fseek(file, -5, SEEK_END);
  char line[64];
  printf("tail '%s'", fgets(line, sizeof line, file));
  printf("\nungetc %d", ungetc('Q', file));
  printf(" %c\n", getc(file));
  fclose(file);

  file = fopen(path, "a");
  setvbuf(file, NULL, _IONBF, 0);
  fputs("appended\n", file);
  fclose(file);
  file = fopen(path, "r");
  char* grown = NULL;
  size_t capacity = 0;
  ssize_t length = 0;
  char last[64] = "";
  while ((length = getline(&grown, &capacity, file)) > 0) snprintf(last, sizeof last, "%s", grown);
  printf("last line %s", last);
  free(grown);
  fclose(file);
  printf("missing: %d\n", fopen("/tmp/no/such/file", "r") == NULL);
  perror("perror");
  unlink(path);

  char* text;
  size_t size;
  FILE* memory = open_memstream(&text, &size);
  fprintf(memory, "in %s", "memory");
  fclose(memory);
  printf("%s %zu\n", text, size);
  free(text);
  int a, b;
  char word[16];
  const int matched = sscanf("12 0x1f rest", "%i %i %15s", &a, &b, word);
  printf("%d %d %d %s\n", matched, a, b, word);
  printf("%ld %lu %.10f\n", strtol("-077", NULL, 0), strtoul("zz", NULL, 36), strtod("1e-3x", NULL));
  fprintf(stderr, "to standard error\n");
  return 0;
}
