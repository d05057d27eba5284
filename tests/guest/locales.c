// Wide and multibyte characters, the C locales.
#define _GNU_SOURCE
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

int main(void) {
  printf("C locale: %s\n", setlocale(LC_ALL, NULL));
  const char* name = setlocale(LC_ALL, "C.UTF-8");
  printf("C.UTF-8: %s %s\n", name ? name : "(none)", nl_langinfo(CODESET));
  wchar_t wide[64];
  size_t n = mbstowcs(wide, "grüße, 世界 🐧", 64);
  printf("characters %zu last %lx\n", n, (unsigned long)wide[n - 1]);
  for (size_t i = 0; i < n; ++i) wide[i] = towupper(wide[i]);
  printf("%ls|%5.2ls|\n", wide, L"äöü");
  char back[100];
  printf("bytes %zu %s\n", wcstombs(back, wide, sizeof back), back);
  printf("invalid %zd\n", (ssize_t)mbstowcs(wide, "\xff\xfe", 10));
  struct lconv* conventions = localeconv();
  printf("decimal point '%s'\n", conventions->decimal_point);
  printf("collate %d\n", strcoll("a", "B") > 0);
  wprintf(L"not printed on a byte stream\n");
  return 0;
}
