// Standard input: in lines, in pieces, to its end.
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc > 1 && !strcmp(argv[1], "raw")) {
    char buffer[7];
    long total = 0, hash = 0;
    ssize_t n;
    while ((n = read(0, buffer, sizeof buffer)) > 0) {
      for (ssize_t i = 0; i < n; ++i) hash = hash * 31 + buffer[i];
      total += n;
    }
    printf("total %ld hash %lx end %zd again %zd\n", total, hash, n, read(0, buffer, 1));
    return 0;
  }
  char line[256];
  int lines = 0, words = 0;
  while (fgets(line, sizeof line, stdin)) {
    ++lines;
    for (char* p = line; *p; ++p) words += !isspace(*p) && (p == line || isspace(p[-1]));
    if (lines <= 3) printf("%d: %s", lines, line);
  }
  printf("lines %d words %d eof %d\n", lines, words, feof(stdin) != 0);
  return 0;
}
