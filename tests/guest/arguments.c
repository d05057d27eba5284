// What a program is started with: argv, environment, auxiliary vector.
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char** environ;
static int data_symbol = 7;

int main(int argc, char** argv) {
  printf("argc %d\n", argc);
  for (int i = 1; i < argc; ++i) printf("argv[%d] '%s'\n", i, argv[i]);
  printf("argv ends in null: %d\n", argv[argc] == NULL);
  printf("environment after argv: %d\n", environ == argv + argc + 1);
  printf("ELFIN_TEST '%s'\n", getenv("ELFIN_TEST") ? getenv("ELFIN_TEST") : "(none)");
  setenv("ADDED", "x=y", 1);
  printf("ADDED '%s'\n", getenv("ADDED"));

  printf("page size %lu\n", getauxval(AT_PAGESZ));
  printf("clock ticks %lu\n", getauxval(AT_CLKTCK));
  printf("entry %d phdr %d phent %lu phnum>0 %d\n", getauxval(AT_ENTRY) != 0,
         getauxval(AT_PHDR) != 0, getauxval(AT_PHENT), getauxval(AT_PHNUM) > 0);
  printf("ids %d %d %d %d secure %lu\n", getauxval(AT_UID) == getuid(),
         getauxval(AT_EUID) == geteuid(), getauxval(AT_GID) == getgid(),
         getauxval(AT_EGID) == getegid(), getauxval(AT_SECURE));
  printf("platform %s\n", (char*)getauxval(AT_PLATFORM));
  const char* name = (const char*)getauxval(AT_EXECFN);
  printf("execfn is argv[0]: %d\n", name != NULL && strcmp(name, argv[0]) == 0);
  const unsigned char* random = (const unsigned char*)getauxval(AT_RANDOM);
  int sum = 0;
  for (int i = 0; i < 16; ++i) sum += random[i];
  printf("random bytes: %d\n", sum > 0);
  printf("stack 16-aligned above argc: %d\n", ((unsigned long)(argv - 1) & 15) == 0);
  printf("data %d\n", data_symbol);
  return 0;
}
