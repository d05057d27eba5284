// Values for a call's arguments: mostly what the kernel has to look at twice.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_child.h"

enum { kBufferSize = 1 << 16, kPage = 4096 };

static uint8_t* buffer;     // readable and writable, a hole behind it
static uint8_t* read_only;  // one page
static uint8_t* arena;      // for calls that change mappings
enum { kArenaSize = 1 << 20 };

static const char* const paths[] = {
    "a", "b", "dir", "dir/c", "fifo", "link", "loop", "socket", ".", "..", "/", "", "a/b", "dir/", "none/none",
    "/dev/null", "/dev/zero", "/dev/full", "/dev/ptmx", "/dev/tty", "/dev/pts/0", "/dev/pts/1", "/dev/shm/x",
    "/dev/fd/3", "/proc/self/fd/4", "/proc/self/maps", "/proc/self/mem", "/proc/self/exe", "/proc/self/cwd/a",
    "/proc/1/stat", "/proc/meminfo", "/proc/self/task", "/proc/self/root", "/tmp/fuzz", "/etc", "./a\n\xff",
    "long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-"
    "long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-"
    "long-name-long-name-long-name-long-name-long-name-long-name",
};
enum { kPathCount = sizeof paths / sizeof *paths };

static const uint64_t edges[] = {
    0, 1, 2, 3, 7, 8, 16, 63, 64, 65, 100, 255, 256, 1000, 1024, 4095, 4096, 4097, 65535, 65536, 1 << 20, 1 << 24,
    0x7ffff000, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
    0x8000000000000000, 0xfffffffffffff000, 0xfffffffffffffffe, 0xffffffffffffffff,
};
enum { kEdgeCount = sizeof edges / sizeof *edges };

static uint64_t wild_address(void) {
  static const uint64_t wild[] = {
      0, 1, 8, 0x1000, 0x100000, 0x1ff000, 0x1ffffc, 0x200000, 0x400000, 0x7ffffffff000, 0x7fffffffffff,
      0x800000000000, 0xffff800000000000, 0xffffffffff600000, 0xfffffffffffff000, 0xffffffffffffffff,
      0xfffff000, 0xfffffffc, 0x100000000, 0x123456789abcdef,
  };
  return wild[below(sizeof wild / sizeof *wild)];
}

static uint64_t pointer(void) {
  switch (below(16)) {
    case 0:
      return wild_address();
    case 1:
      return (uint64_t)read_only + below(kPage);
    case 2:  // into the hole
      return (uint64_t)buffer + kBufferSize - below(64);
    case 3:
      return (uint64_t)arena + below(kArenaSize);
    case 4:
      return 0;
    case 5:
      return (uint64_t)buffer + below(kBufferSize);
    default:
      return (uint64_t)buffer + below(kBufferSize / 2) / 8 * 8;
  }
}

static uint64_t small_number(void) { return below(3) != 0 ? below(10) : below(70); }

static uint64_t flag_bits(void) {
  uint64_t bits = 0;
  for (uint64_t count = below(4); count > 0; --count) bits |= 1ull << below(once_in(4) ? 64 : 24);
  return bits;
}

static uint64_t size(void) {
  switch (below(8)) {
    case 0:
      return edges[below(kEdgeCount)];
    case 1:
      return below(1 << 20);
    case 2:
      return below(16) * kPage;
    default:
      return below(300);
  }
}

static uint64_t descriptor(void) {
  if (once_in(16)) return (uint64_t)(int64_t)(once_in(2) ? AT_FDCWD : -1);
  if (once_in(24)) return edges[below(kEdgeCount)];
  return below(48);
}

static uint64_t number(void) {
  switch (below(10)) {
    case 0:
      return edges[below(kEdgeCount)];
    case 1:
      return (uint64_t)-(int64_t)below(10);
    case 2:
      return flag_bits();
    case 3:
      return getpid() + below(4) - 2;
    case 4:
      return random_number();
    case 5:
      return descriptor();
    default:
      return small_number();
  }
}

static uint64_t path(void) {
  if (once_in(12)) return pointer();
  char* to = (char*)buffer + kBufferSize - 512 * (1 + below(32));
  if (once_in(30)) {  // runs into the hole
    memset(buffer + kBufferSize - 32, 'x', 32);
    return (uint64_t)buffer + kBufferSize - 32;
  }
  strcpy(to, paths[below(kPathCount)]);
  return (uint64_t)to;
}

/// A request of ioctl(2) that somebody might know: terminals, files, sockets, block devices.
static uint64_t ioctl_request(void) {
  static const uint16_t groups[] = {0x5400, 0x5400, 0x5400, 0x8900, 0x6600, 0x1200};
  if (once_in(8)) return random_number();
  if (once_in(6)) return (1 + below(3)) << 30 | (4ull << 16) | 0x5400 | (0x30 + below(16));
  return groups[below(sizeof groups / sizeof *groups)] + below(0x70);
}

static uint64_t value_of(const char* kind, size_t length) {
  static const struct {
    const char* name;
    uint64_t (*draw)(void);
  } kinds[] = {
      {"fd", descriptor},       {"dirfd", descriptor},     {"path", path},           {"size", size},
      {"in_data", pointer},     {"out_data", pointer},     {"addr", pointer},        {"out_text", pointer},
      {"iovecs", pointer},      {"poll_fds", pointer},     {"stat_out", pointer},    {"fd_pair", pointer},
      {"socket_address", pointer}, {"signal", small_number}, {"ioctl_request", ioctl_request},
      {"open_flags", flag_bits}, {"map_flags", flag_bits}, {"message_flags", flag_bits},
      {"at_flags", flag_bits},  {"fd_flags", flag_bits},   {"mode", flag_bits},      {"hex", flag_bits},
      {"prot_flags", small_number}, {"whence", small_number}, {"clock", small_number}, {"offset", size},
  };
  if (once_in(40)) return random_number();
  if (length > 3 && strncmp(kind, "ptr", 3) == 0) return pointer();
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, kind, length) == 0) return kinds[i].draw();
  }
  return number();
}

/// What looks like the structs that calls read: small numbers, descriptors, pointers, times.
void scramble_buffers(void) {
  uint64_t* words = (uint64_t*)buffer;
  enum { kWords = kBufferSize / 2 / 8 };
  const size_t begin = below(kWords - 64);
  for (size_t i = begin; i < begin + 64; ++i) {
    switch (below(8)) {
      case 0:
        words[i] = random_number();
        break;
      case 1:
        words[i] = pointer();
        break;
      case 2:
        words[i] = edges[below(kEdgeCount)];
        break;
      case 3:
        words[i] = small_number() | small_number() << 32;
        break;
      case 4:
        words[i] = descriptor();
        break;
      case 5:
        words[i] = 0;
        break;
      default:
        words[i] = size();
    }
  }
  // A socket address, a control message and a path now and then.
  uint8_t* place = buffer + below(kBufferSize / 2 - 256) / 8 * 8;
  switch (below(6)) {
    case 0: {
      const uint8_t loopback[16] = {2, 0, 0x20, (uint8_t)below(8), 127, 0, 0, 1};
      memcpy(place, loopback, sizeof loopback);
      break;
    }
    case 1:
      place[0] = 1;
      place[1] = 0;
      strcpy((char*)place + 2, once_in(2) ? "socket" : "dir/socket");
      break;
    case 2: {
      const uint64_t control[3] = {16 + 4, 1 | 1ull << 32, descriptor()};  // SOL_SOCKET, SCM_RIGHTS
      memcpy(place, control, sizeof control);
      const uint64_t message[7] = {0, 0, pointer(), 1, (uint64_t)place, sizeof control, 0};
      memcpy(place + 64, message, sizeof message);
      break;
    }
    default:
      break;
  }
}

static bool is_one_of(const char* name, const char* const* names, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (strcmp(name, names[i]) == 0) return true;
  }
  return false;
}

void draw_arguments(const struct call_row* row, uint64_t arguments[6]) {
  const char* at = row->kinds + 1;
  for (int i = 0; i < 6; ++i) {
    at += strspn(at, " ,");
    const size_t length = strcspn(at, ",)");
    arguments[i] = length == 0 ? number() : value_of(at, length);
    at += length;
  }
  // Mostly of the arena, or a child would soon have nothing to stand on.
  static const char* const mapping[] = {"mmap", "munmap", "mprotect", "mremap", "madvise", "shmat", "remap_file_pages"};
  if (is_one_of(row->name, mapping, sizeof mapping / sizeof *mapping)) {
    const int place = strcmp(row->name, "shmat") == 0 ? 1 : 0;
    if (!once_in(50)) arguments[place] = once_in(3) ? 0 : (uint64_t)arena + below(kArenaSize) / kPage * kPage;
    if (place == 0 && !once_in(20)) arguments[1] = below(16 * kPage);
    if (strcmp(row->name, "mmap") == 0 && !once_in(4)) arguments[3] = (1 + below(2)) | (once_in(2) ? 0x20 : 0) | (once_in(4) ? 0x10 : 0);
    if (strcmp(row->name, "mremap") == 0 && !once_in(10)) {
      arguments[2] = below(32 * kPage);
      arguments[3] &= 7;
      arguments[4] = (uint64_t)arena + below(kArenaSize) / kPage * kPage;
    }
  }
  if (strcmp(row->name, "brk") == 0) arguments[0] = (uint64_t)sbrk(0) + below(1 << 18);
}

void prepare_arguments(void) {
  const int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
  buffer = mmap(NULL, kBufferSize + kPage, prot, flags, -1, 0);
  munmap(buffer + kBufferSize, kPage);
  read_only = mmap(NULL, kPage, PROT_READ, flags, -1, 0);
  arena = mmap(NULL, kArenaSize, prot, flags, -1, 0);
}
