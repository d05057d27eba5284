// struct new_utsname and struct sysinfo (include/uapi/linux/utsname.h, sysinfo.h).
#pragma once

#include <cstdint>

namespace elfin::abi {

struct UtsName {
  char system[65];
  char node[65];
  char release[65];
  char version[65];
  char machine[65];
  char domain[65];
};
static_assert(sizeof(UtsName) == 390);

struct SysInfo {
  int64_t uptime_seconds;
  uint64_t loads[3];  // fixed point, 16 bits behind the point
  uint64_t total_ram;
  uint64_t free_ram;
  uint64_t shared_ram;
  uint64_t buffer_ram;
  uint64_t total_swap;
  uint64_t free_swap;
  uint16_t processes;
  uint16_t padding;
  uint32_t padding2;
  uint64_t total_high;
  uint64_t free_high;
  uint32_t unit;
  uint32_t padding3;
};
static_assert(sizeof(SysInfo) == 112);

}  // namespace elfin::abi
