// A hash map of 64-bit keys with open addressing and linear probing: insert, find, erase by turns.
// Size: thousands of operations.
#include "kernel.h"

struct Map {
  uint64_t* keys;  // 0: free
  uint64_t* values;
  size_t mask, count;
};

static size_t Slot(const struct Map* map, uint64_t key) {
  key *= 0x9e3779b97f4a7c15u;
  return (size_t)(key ^ key >> 32) & map->mask;
}

// Where `key` is, or the free place where it would go.
static size_t Find(const struct Map* map, uint64_t key) {
  size_t at = Slot(map, key);
  while (map->keys[at] != 0 && map->keys[at] != key) at = (at + 1) & map->mask;
  return at;
}

static void Initialize(struct Map* map, size_t capacity) {
  map->keys = calloc(capacity, sizeof *map->keys);
  map->values = calloc(capacity, sizeof *map->values);
  if (!map->keys || !map->values) exit(2);
  map->mask = capacity - 1;
  map->count = 0;
}

static void Insert(struct Map* map, uint64_t key, uint64_t value) {
  if (4 * (map->count + 1) > 3 * (map->mask + 1)) {
    struct Map larger;
    Initialize(&larger, 2 * (map->mask + 1));
    for (size_t i = 0; i <= map->mask; ++i) {
      if (map->keys[i]) Insert(&larger, map->keys[i], map->values[i]);
    }
    free(map->keys);
    free(map->values);
    *map = larger;
  }
  const size_t at = Find(map, key);
  map->count += map->keys[at] == 0;
  map->keys[at] = key;
  map->values[at] = value;
}

// Closes the gap by moving back what stands behind it away from its own slot.
static void Erase(struct Map* map, uint64_t key) {
  size_t gap = Find(map, key);
  if (map->keys[gap] == 0) return;
  --map->count;
  for (size_t at = (gap + 1) & map->mask; map->keys[at] != 0; at = (at + 1) & map->mask) {
    const size_t home = Slot(map, map->keys[at]);
    if (((at - home) & map->mask) < ((at - gap) & map->mask)) continue;
    map->keys[gap] = map->keys[at];
    map->values[gap] = map->values[at];
    gap = at;
  }
  map->keys[gap] = 0;
}

int main(int argc, char** argv) {
  const long operations = KernelSize(argc, argv, 40000) * 1000;
  struct Map map;
  Initialize(&map, 16);
  uint64_t state = 21, checksum = 0;
  for (long i = 0; i < operations; ++i) {
    const uint64_t draw = NextRandom(&state);
    const uint64_t key = 1 + (draw >> 40) % 200000;
    if (draw % 8 < 3) {
      Insert(&map, key, draw);
    } else if (draw % 8 < 5) {
      Erase(&map, key);
    } else {
      const size_t at = Find(&map, key);
      if (map.keys[at]) checksum = Mix(checksum, map.values[at]);
    }
  }
  return PrintChecksum("hash_map", Mix(checksum, map.count));
}
