// /proc/<pid>'s files.
#include <algorithm>
#include <cstdio>

#include "runtime/memory/shared_pages.h"
#include "syscalls/fs/procfs.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/vfs/fs_context.h"
#include "syscalls/vfs/mount_table.h"

namespace elfin::fs {
namespace {

using kernel::Kernel;
using kernel::Process;
using memory::Area;
using memory::AreaKind;

template <class... Arguments>
std::string Format(const char* format, Arguments... arguments) {
  char text[1024];
  std::snprintf(text, sizeof(text), format, arguments...);
  return text;
}

unsigned long long Number(uint64_t value) { return value; }

/// Strings one after the other, each with its zero byte.
std::string ZeroEnded(const std::vector<std::string>& strings) {
  std::string text;
  for (const std::string& each : strings) text.append(each).push_back('\0');
  return text;
}

std::string Cmdline(Kernel&, Process* process) { return ZeroEnded(process->arguments); }
std::string Environ(Kernel&, Process* process) { return ZeroEnded(process->environment); }
std::string Comm(Kernel&, Process* process) { return process->name + "\n"; }

std::string Auxv(Kernel&, Process* process) {
  std::string bytes;
  for (const auto& [type, value] : process->auxiliary_vector) {
    bytes.append(reinterpret_cast<const char*>(&type), 8);
    bytes.append(reinterpret_cast<const char*>(&value), 8);
  }
  return bytes;
}

std::string AreaName(const Area& area) {
  if (area.file != nullptr) return area.file->path();
  if (area.shared != nullptr) return area.shared->name;
  if (area.kind == AreaKind::kHeap) return "[heap]";
  if (area.kind == AreaKind::kStack) return "[stack]";
  return {};
}

std::string AreaLine(const Area& area) {
  const bool file = area.file != nullptr;
  const uint64_t device = file ? area.file->device() : 0;
  std::string line = Format(
      "%08llx-%08llx %c%c%c%c %08llx %02x:%02x %llu ", Number(area.start), Number(area.end),
      (area.protection & memory::kProtRead) != 0 ? 'r' : '-',
      (area.protection & memory::kProtWrite) != 0 ? 'w' : '-',
      (area.protection & memory::kProtExecute) != 0 ? 'x' : '-',
      area.sharing == memory::Sharing::kShared ? 's' : 'p',
      Number(file || area.shared != nullptr ? area.file_offset : 0), vfs::DeviceMajor(device),
      vfs::DeviceMinor(device), Number(file ? area.file->inode() : 0));
  const std::string name = AreaName(area);
  if (!name.empty()) {
    if (line.size() < 73) line.resize(73, ' ');
    line += name;
  }
  return line + "\n";
}

std::string Maps(Kernel&, Process* process) {
  std::string text;
  if (process->memory == nullptr) return text;
  for (const auto& [start, area] : process->memory->areas()) {
    text += AreaLine(area);
  }
  return text;
}

struct Usage {
  uint64_t mapped = 0;    // bytes
  uint64_t resident = 0;  // whatever is accessible is there
  uint64_t text = 0;
  uint64_t stack = 0;
  uint64_t data = 0;
};

Usage UsageOf(const Process& process) {
  Usage usage;
  if (process.memory == nullptr) return usage;
  for (const auto& [start, area] : process.memory->areas()) {
    usage.mapped += area.size();
    if (area.protection == memory::kNoAccess) continue;
    usage.resident += area.size();
    if ((area.protection & memory::kProtExecute) != 0) usage.text += area.size();
    if (area.kind == AreaKind::kStack) usage.stack += area.size();
    if ((area.protection & memory::kProtWrite) != 0 && area.kind != AreaKind::kStack) {
      usage.data += area.size();
    }
  }
  return usage;
}

uint64_t Ticks(int64_t ns) { return static_cast<uint64_t>(ns) / 10'000'000; }

/// proc_pid_stat(5)'s letter. Who reads it runs.
char StateOf(Kernel& kernel, const Process& process) {
  if (process.exit_status) return 'Z';
  if (process.is_stopped) return 'T';
  const bool current = kernel.current() != nullptr && &kernel.current()->process() == &process;
  const bool runs = current || std::any_of(process.threads.begin(), process.threads.end(),
                                           [](const auto& thread) {
                                             return thread->state == kernel::ThreadState::kRunnable;
                                           });
  return runs ? 'R' : 'S';
}

const char* StateName(char state) {
  switch (state) {
    case 'Z':
      return "Z (zombie)";
    case 'T':
      return "T (stopped)";
    case 'R':
      return "R (running)";
    default:
      return "S (sleeping)";
  }
}

std::string Stat(Kernel& kernel, Process* process) {
  const Usage usage = UsageOf(*process);
  const kernel::CpuTime used = kernel.TimeOf(*process);
  const kernel::CpuTime& children = process->children_time;
  return Format("%d (%s) %c %d %d %d 0 -1 4194304 0 0 0 0 %llu %llu %llu %llu 20 0 %zu 0 ",
                process->pid, process->name.c_str(), StateOf(kernel, *process), process->parent,
                process->group, process->session, Number(Ticks(used.user)),
                Number(Ticks(used.system)), Number(Ticks(children.user)),
                Number(Ticks(children.system)), process->threads.size()) +
         Format(
             "%llu %llu %llu 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 "
             "0 "
             "0 0\n",
             Number(Ticks(process->start_time_ns)), Number(usage.mapped),
             Number(usage.resident / kPageSize));
}

std::string Statm(Kernel&, Process* process) {
  const Usage usage = UsageOf(*process);
  return Format("%llu %llu 0 %llu 0 %llu 0\n", Number(usage.mapped / kPageSize),
                Number(usage.resident / kPageSize), Number(usage.text / kPageSize),
                Number((usage.data + usage.stack) / kPageSize));
}

std::string Mask(uint64_t bits) { return Format("%016llx", Number(bits)); }

std::string SignalLines(const Process& process) {
  const kernel::Thread& leader = *process.threads.front();
  uint64_t ignored = 0;
  uint64_t caught = 0;
  for (int signal = 1; signal <= abi::kSigMax; ++signal) {
    const uint64_t bit = kernel::SignalSet::Bit(signal);
    if (process.actions.Get(signal).handler == abi::kSigIgn) ignored |= bit;
    if (process.actions.HasHandler(signal)) caught |= bit;
  }
  return "SigPnd:\t" + Mask(leader.pending.set().bits) + "\nShdPnd:\t" +
         Mask(process.pending.set().bits) + "\nSigBlk:\t" + Mask(leader.blocked().bits) +
         "\nSigIgn:\t" + Mask(ignored) + "\nSigCgt:\t" + Mask(caught) + "\n";
}

std::string StatusText(Kernel& kernel, Process* process) {
  const Usage usage = UsageOf(*process);
  const kernel::Credentials& who = process->credentials;
  std::string groups;
  for (const uint32_t group : who.groups) groups += std::to_string(group) + " ";
  const uint32_t umask = process->fs != nullptr ? process->fs->umask : 0;
  return Format(
             "Name:\t%s\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\n"
             "PPid:\t%d\nTracerPid:\t0\n",
             process->name.c_str(), umask, StateName(StateOf(kernel, *process)), process->pid,
             process->pid, process->parent) +
         Format("Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t64\nGroups:\t", who.real_uid,
                who.effective_uid, who.saved_uid, who.filesystem_uid, who.real_gid,
                who.effective_gid, who.saved_gid, who.filesystem_gid) +
         groups + "\n" +
         Format(
             "VmPeak:\t%8llu kB\nVmSize:\t%8llu kB\nVmHWM:\t%8llu kB\nVmRSS:\t%8llu kB\n"
             "VmData:\t%8llu kB\nVmStk:\t%8llu kB\nVmExe:\t%8llu kB\n",
             Number(usage.mapped / 1024), Number(usage.mapped / 1024),
             Number(usage.resident / 1024), Number(usage.resident / 1024),
             Number(usage.data / 1024), Number(usage.stack / 1024), Number(usage.text / 1024)) +
         Format("Threads:\t%zu\n", process->threads.size()) + SignalLines(*process) +
         "Cpus_allowed:\t1\nCpus_allowed_list:\t0\n";
}

std::string MountOptions(const vfs::Mount& mount) {
  std::string options = mount.read_only() ? "ro" : "rw";
  if ((mount.flags & vfs::kMountNoSuid) != 0) options += ",nosuid";
  if ((mount.flags & vfs::kMountNoDev) != 0) options += ",nodev";
  if ((mount.flags & vfs::kMountNoExec) != 0) options += ",noexec";
  return options + ",relatime";
}

std::string MountPlace(const vfs::Mount& mount, const vfs::Path& root) {
  if (mount.parent == nullptr) return "/";
  return vfs::PathText(vfs::Path{mount.parent, mount.covered}, root);
}

std::string MountLine(const vfs::Mount& mount, const vfs::Path& root) {
  return mount.source + " " + MountPlace(mount, root) + " " +
         std::string(mount.filesystem->type()) + " " + MountOptions(mount) + " 0 0\n";
}

/// proc_pid_mountinfo(5).
std::string MountInfoLine(const vfs::Mount& mount, const vfs::Path& root) {
  const uint64_t device = mount.filesystem->device;
  const char* access = mount.read_only() ? "ro" : "rw";
  return Format("%u %u %u:%u / ", mount.id, mount.parent == nullptr ? mount.id : mount.parent->id,
                vfs::DeviceMajor(device), vfs::DeviceMinor(device)) +
         MountPlace(mount, root) + " " + MountOptions(mount) + " - " +
         std::string(mount.filesystem->type()) + " " + mount.source + " " + access + "\n";
}

/// A line for each mount, as the process sees them; one that has ended sees none.
template <std::string (*kLine)(const vfs::Mount&, const vfs::Path& root)>
std::string MountLines(Kernel& kernel, Process* process) {
  std::string text;
  if (process->fs == nullptr) return text;
  for (const vfs::MountPtr& mount : kernel.mounts->mounts()) {
    text += kLine(*mount, process->fs->root);
  }
  return text;
}

/// Of reads and writes; what of them reached a disk is not counted.
std::string Io(Kernel&, Process* process) {
  const kernel::IoCounts& counts = process->io_counts;
  return Format(
      "rchar: %llu\nwchar: %llu\nsyscr: %llu\nsyscw: %llu\nread_bytes: 0\nwrite_bytes: 0\n"
      "cancelled_write_bytes: 0\n",
      Number(counts.bytes_read), Number(counts.bytes_written), Number(counts.read_calls),
      Number(counts.write_calls));
}
/// There are no control groups but the one of all.
std::string Cgroup(Kernel&, Process*) { return "0::/\n"; }
/// Nobody has logged in: AUDIT_UID_UNSET.
std::string NoLogin(Kernel&, Process*) { return "4294967295"; }
std::string Personality(Kernel&, Process* process) {
  return Format("%08x\n", process->personality);
}
std::string TimerSlack(Kernel&, Process* process) {
  return Format("%llu\n", Number(process->attributes.timer_slack_ns));
}
/// There is one user namespace.
std::string IdMap(Kernel&, Process*) { return Format("%10u %10u %10u\n", 0u, 0u, UINT32_MAX); }
std::string Setgroups(Kernel&, Process*) { return "allow\n"; }
/// As Linux's without an adjustment: two thirds of 1000, and the share of memory on top.
std::string OomScore(Kernel&, Process* process) {
  const uint64_t share = UsageOf(*process).resident * 1000 / kGuestEnd;
  return Format("%llu\n", Number((2000 + share) / 3));
}

std::string Limits(Kernel&, Process* process) {
  struct Row {
    const char* name;
    kernel::Resource resource;
    const char* unit;
  };
  static constexpr Row kRows[] = {
      {"Max cpu time", kernel::Resource::kCpu, "seconds"},
      {"Max file size", kernel::Resource::kFileSize, "bytes"},
      {"Max data size", kernel::Resource::kData, "bytes"},
      {"Max stack size", kernel::Resource::kStack, "bytes"},
      {"Max core file size", kernel::Resource::kCore, "bytes"},
      {"Max resident set", kernel::Resource::kResidentSet, "bytes"},
      {"Max processes", kernel::Resource::kProcesses, "processes"},
      {"Max open files", kernel::Resource::kFiles, "files"},
      {"Max locked memory", kernel::Resource::kLockedMemory, "bytes"},
      {"Max address space", kernel::Resource::kAddressSpace, "bytes"},
      {"Max file locks", kernel::Resource::kLocks, "locks"},
      {"Max pending signals", kernel::Resource::kPendingSignals, "signals"},
      {"Max msgqueue size", kernel::Resource::kMessageQueue, "bytes"},
      {"Max nice priority", kernel::Resource::kNice, ""},
      {"Max realtime priority", kernel::Resource::kRealtimePriority, ""},
      {"Max realtime timeout", kernel::Resource::kRealtimeTime, "us"},
  };
  auto shown = [](uint64_t value) {
    return value == kernel::kUnlimited ? std::string("unlimited") : std::to_string(value);
  };
  std::string text =
      Format("%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
  for (const Row& row : kRows) {
    const kernel::ResourceLimit& limit = process->limits[row.resource];
    text += Format("%-25s %-20s %-20s %-10s\n", row.name, shown(limit.current).c_str(),
                   shown(limit.maximum).c_str(), row.unit);
  }
  return text;
}

}  // namespace

const std::vector<ProcFile>& ProcessProcFiles() {
  static const std::vector<ProcFile> files = {
      {"auxv", 0400, Auxv},
      {"cmdline", 0444, Cmdline},
      {"comm", 0644, Comm},
      {"environ", 0400, Environ},
      {"io", 0400, Io},
      {"limits", 0444, Limits},
      {"maps", 0444, Maps},
      {"mounts", 0444, MountLines<MountLine>},
      {"stat", 0444, Stat},
      {"statm", 0444, Statm},
      {"status", 0444, StatusText},
      {"cgroup", 0444, Cgroup},
      {"gid_map", 0444, IdMap},
      {"loginuid", 0444, NoLogin},
      {"mountinfo", 0444, MountLines<MountInfoLine>},
      {"oom_score", 0444, OomScore},
      {"personality", 0400, Personality},
      {"sessionid", 0444, NoLogin},
      {"setgroups", 0444, Setgroups},
      {"timerslack_ns", 0444, TimerSlack},
      {"uid_map", 0444, IdMap},
  };
  return files;
}

}  // namespace elfin::fs
