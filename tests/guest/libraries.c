// Shared libraries at run time: dlopen, dlsym, dladdr, weak symbols, thread-local data. (Dynamic only.)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

static __thread int local = 5;
static __thread char zeroed[100];
extern int not_there(void) __attribute__((weak));

static int count(struct dl_phdr_info* info, size_t size, void* data) {
  (void)info;
  (void)size;
  ++*(int*)data;
  return 0;
}

static void before_main(void) __attribute__((constructor));
static void before_main(void) { printf("constructor\n"); }
static void after_main(void) __attribute__((destructor));
static void after_main(void) { printf("destructor\n"); }

int main(void) {
  local += 1;
  printf("thread-local %d %d\n", local, zeroed[50]);
  printf("weak %d\n", not_there == NULL);
  void* library = dlopen("libm.so.6", RTLD_NOW);
  double (*cosine)(double) = (double (*)(double))dlsym(library, "cos");
  printf("cos %.12g\n", cosine(1));
  printf("missing symbol %d\n", dlsym(library, "no_such_symbol") == NULL);
  printf("missing library %d\n", dlopen("libno-such.so.1", RTLD_LAZY) == NULL);
  printf("%s\n", strstr(dlerror(), "No such file") ? "No such file" : "?");
  Dl_info info;
  printf("dladdr %d\n", dladdr(dlsym(RTLD_DEFAULT, "printf"), &info) != 0);
  int objects = 0;
  dl_iterate_phdr(count, &objects);
  printf("objects %d\n", objects >= 2);
  dlclose(library);
  return 0;
}
