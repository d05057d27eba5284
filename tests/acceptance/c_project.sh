# A C project of thirty files with a library and tests, built by make -j4: compiler, assembler, archiver, linker.
set -euo pipefail
mkdir -p source build
for n in $(seq 26); do
  cat >"source/part$n.c" <<END
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "project.h"

struct pair$n { uint32_t key; double value; };
static int Compare(const void* a, const void* b) {
  const struct pair$n *x = a, *y = b;
  return (x->key > y->key) - (x->key < y->key);
}
uint32_t Part$n(uint32_t seed) {
  struct pair$n pairs[64];
  for (int i = 0; i < 64; ++i) {
    seed = seed * 1664525u + ${n}u;
    pairs[i] = (struct pair$n){seed >> 8, seed / ${n}.0};
  }
  qsort(pairs, 64, sizeof *pairs, Compare);
  char text[64];
  snprintf(text, sizeof text, "%u %.3f", pairs[5].key, pairs[10].value);
  for (size_t i = 0; i < strlen(text); ++i) seed = seed * 31 + (unsigned char)text[i];
  return seed;
}
END
done
{
  printf '#pragma once\n#include <stdint.h>\n'
  for n in $(seq 26); do echo "uint32_t Part$n(uint32_t seed);"; done
  echo 'extern uint32_t (*const kParts[26])(uint32_t);'
} >source/project.h
{
  printf '#include "project.h"\nuint32_t (*const kParts[26])(uint32_t) = {'
  for n in $(seq 26); do printf 'Part%d, ' "$n"; done
  echo '};'
} >source/parts.c
cat >source/main.c <<'END'
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include "project.h"
static void* Run(void* argument) {
  uint32_t* state = argument;
  for (int i = 0; i < 26; ++i) *state = kParts[i](*state);
  return 0;
}
int main(int argc, char** argv) {
  pthread_t threads[4];
  uint32_t states[4] = {1, 2, 3, (uint32_t)argc};
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], 0, Run, &states[i]);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], 0);
  for (int i = 0; i < 4; ++i) printf("%08x %.6f\n", states[i], sin(states[i]));
  return argv[argc] != 0;
}
END
for n in 1 2; do
  cat >"source/test$n.c" <<END
#include <assert.h>
#include "project.h"
int main(void) {
  for (int i = 0; i < 26; ++i) assert(kParts[i]($n) == kParts[i]($n));
  return kParts[$n](7) == kParts[$n](8);
}
END
done
cat >Makefile <<'END'
CFLAGS := -O1 -Wall -Werror -g -MMD
PARTS := $(patsubst source/%.c,build/%.o,$(filter-out source/main.c source/test%,$(wildcard source/*.c)))
all: build/project build/project.static
build/libparts.a: $(PARTS)
	@ar rcs $@ $^
build/libparts.so: $(PARTS)
	@$(CC) -shared -o $@ $^
build/%.o: source/%.c
	@$(CC) $(CFLAGS) -fPIC -c -o $@ $<
build/project: build/main.o build/libparts.so
	@$(CC) -o $@ $< -Lbuild -lparts -Wl,-rpath,'$$ORIGIN' -lm -pthread
build/project.static: build/main.o build/libparts.a
	@$(CC) -static -o $@ $< build/libparts.a -lm -pthread
build/test%: build/test%.o build/libparts.a
	@$(CC) -o $@ $^
check: build/test1 build/test2 all
	@for test in build/test1 build/test2; do $$test && echo "$$test passed"; done
.PRECIOUS: build/%.o
-include $(wildcard build/*.d)
END
make -j4 all
build/project; build/project.static | cmp - <(build/project) && echo 'both alike'
make -j4 check
touch source/project.h; make -n all | wc -l; make -q all || echo "to do: $?"
touch -d '2001-01-01' source/project.h; make -j4 all; make -q all && echo 'all is made'
nm build/libparts.a | grep -c ' T Part'; ar t build/libparts.a | sort | cksum
sha256sum build/part{1,13,26}.o; objdump -d build/part7.o | grep -c '^ .*call'
readelf -d build/project | grep -oE '\(NEEDED\).*|\(RUNPATH\).*'; strip build/project.static; file -b build/project.static | cut -d, -f1-4
echo 'int main(void) { return undeclared; }' >source/broken.c; make build/broken.o 2>&1 | grep -o 'error: .*' || true
echo 'int main(void) { return Nowhere(); } ' | gcc -w -x c - -o none 2>&1 | grep -o 'undefined reference.*' || true
