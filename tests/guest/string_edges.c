// The C library's string functions at the very end of a page: what it reads must not go beyond.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <wchar.h>

int main(void) {
  char* pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(pages, 4096);
  munmap(pages + 8192, 4096);
  char* begin = pages + 4096;
  char* end = pages + 8192;
  static char copy[8192];
  uint64_t hash = 0;
#define MIX(value) (hash = (hash ^ (uint64_t)(value)) * 0x100000001b3ull)
  for (int length = 1; length < 200; ++length) {
    char* s = end - length - 1;
    for (int i = 0; i < length; ++i) s[i] = (char)('a' + (i * 7 + length) % 26);
    s[length] = 0;
    MIX(strlen(s));
    MIX(strnlen(s, length / 2));
    MIX(strchr(s, 'q') ? strchr(s, 'q') - s : -1);
    MIX(strrchr(s, 'b') ? strrchr(s, 'b') - s : -1);
    MIX(memchr(s, 'z', length) ? (char*)memchr(s, 'z', length) - s : -1);
    MIX(rawmemchr(s, 0) == s + length);
    strcpy(copy + length % 16, s);
    MIX(strcmp(copy + length % 16, s));
    MIX(memcmp(copy + length % 16, s, length + 1));
    copy[length % 16 + length / 2] ^= 1;
    const int order = strcmp(copy + length % 16, s);
    MIX(order < 0 ? 1 : order > 0);
    const int memory_order = memcmp(s, copy + length % 16, length + 1);
    MIX(memory_order < 0 ? 1 : memory_order > 0);
    MIX(strcasecmp(s, copy + length % 16) < 0);
    MIX(strspn(s, "abcdefghijklm"));
    MIX(strcspn(s, "xyz"));
    MIX(strstr(s, "hov") ? strstr(s, "hov") - s : -1);
    MIX(memmem(s, length, "ov", 2) != NULL);
    memcpy(begin, s, length);
    memmove(begin + 3, begin, length);
    memmove(begin, begin + 1, length);
    MIX(begin[0] + begin[length / 2]);
    memset(end - length - 1, 'x', length + 1);
    MIX(end[-1]);
    stpcpy(end - length - 1, copy + length % 16);
    MIX(strlen(end - length - 1));
    strncpy(end - length - 1, "short", length + 1);
    MIX(end[-1] + (length > 3 ? end[-length] : 0));
  }
  wchar_t* wide = (wchar_t*)(end - 40);
  wcscpy(wide, L"wide text");
  MIX(wcslen(wide));
  MIX(wcschr(wide, L't') - wide);
  printf("hash %016llx\n", (unsigned long long)hash);
  return 0;
}
