// getrandom, /dev/urandom, /dev/zero, /dev/null, /dev/full.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define NAME() strerrorname_np(errno)

int main(void) {
  void* volatile nowhere = (void*)8;
  unsigned char a[1000] = {0}, b[1000] = {0};
  printf("lengths %zd %zd %zd\n", getrandom(a, 1000, 0), getrandom(b, 1000, GRND_NONBLOCK),
         getrandom(b, 0, 0));
  long bits = 0;
  for (int i = 0; i < 1000; ++i) bits += __builtin_popcount(a[i]);
  printf("differ %d plausible %d\n", memcmp(a, b, 1000) != 0, bits > 3700 && bits < 4300);
  printf("bad flags %zd", getrandom(a, 10, 0x100));
  printf(" %s\n", NAME());
  printf("bad address %zd", getrandom(nowhere, 10, 0));
  printf(" %s\n", NAME());
  printf("getentropy %d\n", getentropy(a, 256));
  printf("getentropy 257 %d", getentropy(a, 257));
  printf(" %s\n", NAME());
  int fd = open("/dev/urandom", O_RDONLY);
  printf("urandom %zd\n", read(fd, a, 1000));
  fd = open("/dev/zero", O_RDWR);
  printf("zero %zd", read(fd, a, 1000));
  int sum = 0;
  for (int i = 0; i < 1000; ++i) sum += a[i];
  printf(" %d write %zd\n", sum, write(fd, a, 1000));
  fd = open("/dev/null", O_RDWR);
  printf("null %zd %zd\n", read(fd, a, 10), write(fd, a, 10));
  fd = open("/dev/full", O_RDWR);
  printf("full %zd %zd", read(fd, a, 10), write(fd, a, 10));
  printf(" %s\n", NAME());
  return 0;
}
