// Prints wcwidth(3) of all code points: a line "FIRST LAST WIDTH" for each run of the same width. -1: none.
#define _XOPEN_SOURCE 700
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

int main(void) {
  if (!setlocale(LC_CTYPE, "C.UTF-8")) {
    perror("C.UTF-8");
    return 1;
  }
  const wchar_t last = 0x10ffff;
  wchar_t first = 0;
  for (wchar_t c = 1; c <= last + 1; c++) {
    if (c <= last && wcwidth(c) == wcwidth(first)) continue;
    printf("%x %x %d\n", (unsigned)first, (unsigned)(c - 1), wcwidth(first));
    first = c;
  }
}
