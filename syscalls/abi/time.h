// Times as x86-64 Linux lays them out (include/uapi/linux/time.h, time_types.h, times.h,
// resource.h).
#pragma once

#include <cstdint>

namespace elfin::abi {

struct Timespec {
  int64_t seconds;
  int64_t nanoseconds;
};
static_assert(sizeof(Timespec) == 16);

struct Timeval {
  int64_t seconds;
  int64_t microseconds;
};
static_assert(sizeof(Timeval) == 16);

struct TimeZone {
  int32_t minutes_west;
  int32_t dst;
};
static_assert(sizeof(TimeZone) == 8);

struct ITimerVal {
  Timeval interval;
  Timeval value;
};
static_assert(sizeof(ITimerVal) == 32);

struct ITimerSpec {
  Timespec interval;
  Timespec value;
};
static_assert(sizeof(ITimerSpec) == 32);

struct Tms {
  int64_t user, system, children_user, children_system;
};
static_assert(sizeof(Tms) == 32);

struct Rusage {
  Timeval user_time;
  Timeval system_time;
  int64_t max_resident_kib;
  int64_t unused[3];
  int64_t minor_faults;
  int64_t major_faults;
  int64_t swaps;
  int64_t blocks_in;
  int64_t blocks_out;
  int64_t messages[2];
  int64_t signals;
  int64_t voluntary_switches;
  int64_t involuntary_switches;
};
static_assert(sizeof(Rusage) == 144);

inline constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
inline constexpr int64_t kClockTicksPerSecond = 100;  // sysconf(_SC_CLK_TCK)

inline constexpr int32_t kClockRealtime = 0, kClockMonotonic = 1, kClockProcessCpu = 2,
                         kClockThreadCpu = 3, kClockMonotonicRaw = 4, kClockRealtimeCoarse = 5,
                         kClockMonotonicCoarse = 6, kClockBoottime = 7, kClockRealtimeAlarm = 8,
                         kClockBoottimeAlarm = 9, kClockTai = 11;
/// The calling process's and thread's clocks as the C library names them for timers: process number
/// 0 above the kind's three bits. (Linux: posix-timers.h, MAKE_PROCESS_CPUCLOCK)
inline constexpr int32_t kClockOwnProcessCpu = -6, kClockOwnThreadCpu = -2;
inline constexpr int32_t kTimerAbsolute = 1;
inline constexpr int32_t kITimerReal = 0, kITimerVirtual = 1, kITimerProf = 2;

}  // namespace elfin::abi
