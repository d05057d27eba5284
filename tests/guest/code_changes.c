// Code that the program writes itself: made, called, changed, called again.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

typedef int (*Function)(int);

/// lea result, [rdi + n]; ret
static void write_adder(uint8_t* to, int n) {
  uint8_t code[] = {0x8d, 0x87, 0, 0, 0, 0, 0xc3};
  memcpy(code + 2, &n, 4);
  memcpy(to, code, sizeof code);
}

int main(void) {
  const int all = PROT_READ | PROT_WRITE | PROT_EXEC;
  uint8_t* code = mmap(NULL, 8192, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  long sum = 0;
  for (int i = 0; i < 1000; ++i) {
    write_adder(code, i);
    sum += ((Function)code)(i * 2);
  }
  printf("rewritten in place %ld\n", sum);

  // A loop that changes an instruction ahead of itself, in the same page.
  uint8_t loop[] = {
      0x31, 0xc0,                    // xor eax, eax
      0xb9, 10, 0, 0, 0,             // mov ecx, 10
      0x83, 0xc0, 1,                 // top: add eax, 1      (the immediate, at +9, is changed)
      0xfe, 0x05, 0xf9, 0xff, 0xff, 0xff,  // inc byte [rip - 7]
      0xff, 0xc9,                    // dec ecx
      0x75, 0xf3,                    // jnz top
      0xc3};
  memcpy(code + 100, loop, sizeof loop);
  printf("changes itself %d", ((Function)(code + 100))(0));
  printf(" immediate now %d\n", code[109]);

  // Across a page boundary.
  write_adder(code + 4096 - 3, 7);
  int first = ((Function)(code + 4096 - 3))(1);
  code[4096] = 1;  // the immediate's second byte
  printf("across pages %d %d\n", first, ((Function)(code + 4096 - 3))(1));

  // Write, then execute; protections as a careful JIT sets them.
  for (int i = 0; i < 5; ++i) {
    mprotect(code, 4096, PROT_READ | PROT_WRITE);
    write_adder(code, i * 1000);
    mprotect(code, 4096, PROT_READ | PROT_EXEC);
    printf("flip %d\n", ((Function)code)(i));
  }
  // The same address, mapped anew.
  mmap(code, 4096, all, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  write_adder(code, 5);
  printf("mapped anew %d\n", ((Function)code)(5));
  // Two views would be needed for more; a copy by a system call does it too.
  uint8_t source[16];
  write_adder(source, 77);
  memcpy(code, source, 7);
  printf("copied %d\n", ((Function)code)(3));
  return 0;
}
