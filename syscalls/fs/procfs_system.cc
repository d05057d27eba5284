// /proc's files of the machine.
#include <malloc.h>

#include <algorithm>
#include <cstdio>

#include "decoder/features.h"
#include "runtime/address_map.h"
#include "syscalls/fs/procfs.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/machine_info.h"

namespace elfin::fs {
namespace {

using kernel::HostClock;
using kernel::Kernel;
using kernel::Process;

template <class... Arguments>
std::string Format(const char* format, Arguments... arguments) {
  char text[512];
  std::snprintf(text, sizeof(text), format, arguments...);
  return text;
}

double Uptime(Kernel& kernel) {
  return static_cast<double>(kernel.Now(HostClock::kRealtime) - kernel.boot_time_ns()) / 1e9;
}

/// As CPUID answers.
std::string Cpuinfo(Kernel&, Process*) {
  std::string flags;
  for (const decoder::FeatureFlag& flag : decoder::kFeatureFlags) {
    if (flag.implemented) flags += std::string(" ") + flag.name;
  }
  return Format(
             "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n"
             "model name\t: %s\nstepping\t: %u\ncpu MHz\t\t: 1000.000\n"
             "cache size\t: %u KB\nphysical id\t: 0\nsiblings\t: 1\ncore id\t\t: 0\n"
             "cpu cores\t: 1\nfpu\t\t: yes\nfpu_exception\t: yes\n",
             decoder::kVendor, decoder::kFamily, decoder::kModel, decoder::kBrand,
             decoder::kStepping, decoder::kCacheKilobytes) +
         "flags\t\t:" + flags +
         Format(
             "\nclflush size\t: %u\ncache_alignment\t: %u\n"
             "address sizes\t: %u bits physical, %u bits virtual\n\n",
             decoder::kCacheLineBytes, decoder::kCacheLineBytes, decoder::kAddressBits,
             decoder::kAddressBits);
}

/// Bytes of the kernel's own heap in use.
uint64_t KernelHeap() {
#ifdef __EMSCRIPTEN__
  const struct mallinfo heap = mallinfo();
#else
  const struct mallinfo2 heap = mallinfo2();
#endif
  return static_cast<uint64_t>(heap.uordblks);
}

std::string Meminfo(Kernel& kernel, Process*) {
  const uint64_t total = kGuestEnd / 1024;
  uint64_t used = 0;
  for (const auto& [pid, process] : kernel.processes()) {
    if (process->memory != nullptr) used += process->memory->memory().size() / 1024;
  }
  const uint64_t available = used < total ? total - used : 0;
  return Format(
      "MemTotal:       %8llu kB\nMemFree:        %8llu kB\nMemAvailable:   %8llu kB\n"
      "Buffers:        %8u kB\nCached:         %8u kB\nSwapCached:     %8u kB\n"
      "SwapTotal:      %8u kB\nSwapFree:       %8u kB\nSlab:           %8llu kB\n",
      static_cast<unsigned long long>(total), static_cast<unsigned long long>(available),
      static_cast<unsigned long long>(available), 0u, 0u, 0u, 0u, 0u,
      static_cast<unsigned long long>(KernelHeap() / 1024));
}

std::string UptimeText(Kernel& kernel, Process*) {
  return Format("%.2f %.2f\n", Uptime(kernel), 0.0);
}

struct ThreadCounts {
  size_t all = 0;
  size_t running = 0;
  kernel::Pid last = 0;
};

ThreadCounts CountThreads(Kernel& kernel) {
  ThreadCounts counts;
  for (const auto& [pid, process] : kernel.processes()) {
    counts.last = std::max(counts.last, pid);
    for (const auto& thread : process->threads) {
      ++counts.all;
      if (thread->state == kernel::ThreadState::kRunnable) ++counts.running;
    }
  }
  return counts;
}

/// No averages are kept.
std::string Loadavg(Kernel& kernel, Process*) {
  const ThreadCounts counts = CountThreads(kernel);
  return Format("0.00 0.00 0.00 %zu/%zu %d\n", counts.running, counts.all, counts.last);
}

std::string Stat(Kernel& kernel, Process*) {
  constexpr int64_t kNsPerTick = 10'000'000;
  kernel::CpuTime used = kernel.ended_time();
  for (const auto& [pid, process] : kernel.processes()) used += kernel.TimeOf(*process);
  const auto all = static_cast<unsigned long long>(Uptime(kernel) * 100);
  const auto user = std::min(static_cast<unsigned long long>(used.user / kNsPerTick), all);
  const ThreadCounts counts = CountThreads(kernel);
  return Format(
      "cpu  %llu 0 0 %llu 0 0 0 0 0 0\ncpu0 %llu 0 0 %llu 0 0 0 0 0 0\nintr 0\nctxt %llu\n"
      "btime %lld\nprocesses %llu\nprocs_running %zu\nprocs_blocked 0\n",
      user, all - user, user, all - user, static_cast<unsigned long long>(kernel.stats().slices),
      static_cast<long long>(kernel.boot_time_ns() / 1'000'000'000),
      static_cast<unsigned long long>(kernel.stats().processes), counts.running);
}

std::string Version(Kernel&, Process*) {
  return std::string("Linux version ") + kernel::kKernelRelease + " (elfin) " +
         kernel::kKernelVersion + "\n";
}

std::string Filesystems(Kernel&, Process*) {
  return "nodev\tsysfs\nnodev\tproc\nnodev\ttmpfs\nnodev\tdevtmpfs\nnodev\thostfs\n"
         "nodev\tsockfs\nnodev\tpipefs"
         "\n";
}

std::string Osrelease(Kernel&, Process*) { return std::string(kernel::kKernelRelease) + "\n"; }
std::string Ostype(Kernel&, Process*) { return "Linux\n"; }
std::string VersionOnly(Kernel&, Process*) { return std::string(kernel::kKernelVersion) + "\n"; }
std::string Hostname(Kernel& kernel, Process*) { return kernel.node_name + "\n"; }
std::string Domainname(Kernel& kernel, Process*) { return kernel.domain_name + "\n"; }
std::string Zero(Kernel&, Process*) { return "0\n"; }
std::string PidMax(Kernel&, Process*) { return "32768\n"; }
std::string CapLastCap(Kernel&, Process*) { return "40\n"; }
std::string NgroupsMax(Kernel&, Process*) { return "65536\n"; }
std::string Overcommit(Kernel&, Process*) { return "1\n"; }
std::string MaxMapCount(Kernel&, Process*) { return "65530\n"; }
std::string FileMax(Kernel&, Process*) { return "1048576\n"; }
std::string PipeMaxSize(Kernel&, Process*) { return "1048576\n"; }
std::string SoMaxConn(Kernel&, Process*) { return "4096\n"; }
std::string CmdLine(Kernel&, Process*) { return "elfin\n"; }

std::string RandomId(Kernel& kernel, Process*) {
  uint8_t b[16];
  kernel.host().FillRandom(b, sizeof(b));
  b[6] = static_cast<uint8_t>((b[6] & 0x0f) | 0x40);
  b[8] = static_cast<uint8_t>((b[8] & 0x3f) | 0x80);
  return Format("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x\n", b[0],
                b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                b[14], b[15]);
}

}  // namespace

const std::vector<ProcFile>& SystemProcFiles() {
  static const std::vector<ProcFile> files = {
      {"cmdline", 0444, CmdLine},
      {"cpuinfo", 0444, Cpuinfo},
      {"filesystems", 0444, Filesystems},
      {"loadavg", 0444, Loadavg},
      {"meminfo", 0444, Meminfo},
      {"stat", 0444, Stat},
      {"uptime", 0444, UptimeText},
      {"version", 0444, Version},
      {"sys/fs/file-max", 0444, FileMax},
      {"sys/fs/pipe-max-size", 0444, PipeMaxSize},
      {"sys/kernel/cap_last_cap", 0444, CapLastCap},
      {"sys/kernel/domainname", 0444, Domainname},
      {"sys/kernel/hostname", 0444, Hostname},
      {"sys/kernel/ngroups_max", 0444, NgroupsMax},
      {"sys/kernel/osrelease", 0444, Osrelease},
      {"sys/kernel/ostype", 0444, Ostype},
      {"sys/kernel/pid_max", 0444, PidMax},
      {"sys/kernel/random/boot_id", 0444, RandomId},
      {"sys/kernel/random/uuid", 0444, RandomId},
      {"sys/kernel/randomize_va_space", 0444, Zero},
      {"sys/kernel/version", 0444, VersionOnly},
      {"sys/net/core/somaxconn", 0444, SoMaxConn},
      {"sys/vm/max_map_count", 0444, MaxMapCount},
      {"sys/vm/overcommit_memory", 0444, Overcommit},
  };
  return files;
}

}  // namespace elfin::fs
