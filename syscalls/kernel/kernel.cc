#include "syscalls/kernel/kernel.h"

#include <algorithm>

#include "syscalls/ipc/system_v.h"
#include "syscalls/kernel/cpu_timers.h"
#include "syscalls/kernel/exec.h"
#include "syscalls/kernel/exit.h"
#include "syscalls/kernel/posix_timer.h"
#include "syscalls/kernel/process_files.h"
#include "syscalls/kernel/signal_delivery.h"
#include "syscalls/net/in_flight.h"
#include "syscalls/net/network.h"
#include "syscalls/tty/terminals.h"
#include "syscalls/vfs/fd_table.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::kernel {

namespace {
constexpr size_t kMaxThreads = 4000;  // of one process
constexpr Pid kMaxPid = 32'767;       // as /proc/sys/kernel/pid_max says
constexpr Pid kFirstReusedPid = 300;  // RESERVED_PIDS: low numbers are given once
constexpr uint32_t kStandardStreams = 3;
}  // namespace

Kernel::Kernel(Host& host, KernelOptions options)
    : host_(host),
      options_(std::move(options)),
      scheduler_(host),
      terminals_(std::make_unique<tty::Terminals>(*this)),
      network_(std::make_unique<net::Network>(host, scheduler_)),
      system_v_(std::make_unique<ipc::SystemV>()),
      slice_clock_(host) {
  boot_time_ns_ = host.Now(HostClock::kRealtime);
}

Kernel::~Kernel() {
  processes_.clear();
  mounts = nullptr;  // its terminals know us
}

// ---- Processes ----------------------------------------------------------------------------------

Result<Thread*> Kernel::AddThread(Process& process) {
  if (process.threads.size() >= kMaxThreads) return Errno::kAgain;
  const Tid tid = TRY(TakeNumber());
  process.threads.push_back(std::make_unique<Thread>(*this, process, tid));
  process.threads.back()->state = ThreadState::kBlocked;
  return process.threads.back().get();
}

void Kernel::ExitThread(Thread& thread, int code) {
  Process& process = thread.process();
  const bool is_leader = &thread == &process.leader();
  if (is_leader) process.leader_exit_code = code;
  const auto others =
      std::count_if(process.threads.begin(), process.threads.end(), [&](const auto& other) {
        return other.get() != &thread && other->state != ThreadState::kDead;
      });
  if (others == 0) {
    ExitStatus status;
    status.code = process.leader_exit_code;
    return ExitProcess(process, std::move(status));
  }
  LeaveMemory(thread);
  thread.state = ThreadState::kDead;
  if (!is_leader) ended_threads_.push_back(thread.tid());
}

/// What waits for the end of a thread is told through the memory that it shared.
void Kernel::LeaveMemory(Thread& thread) {
  ReleaseRobustLocks(thread);
  if (thread.clear_child_tid == 0) return;
  memory::AddressSpace& space = *thread.process().memory;
  const GuestPtr<int32_t> word{{std::exchange(thread.clear_child_tid, 0)}};
  if (!space.CopyOut(word, 0).ok()) return;
  futexes_.Wake(Futexes::KeyOf(space, word.address), 1, UINT32_MAX);
}

void Kernel::KeepOnly(Thread& thread) {
  Process& process = thread.process();
  auto keeps = [&](const std::unique_ptr<Thread>& other) { return other.get() == &thread; };
  std::iter_swap(process.threads.begin(),
                 std::find_if(process.threads.begin(), process.threads.end(), keeps));
  for (const auto& other : process.threads) {
    if (keeps(other)) continue;
    process.ended_threads_time += other->cpu_time;
    other->syscall.reset();
  }
  process.threads.resize(1);
  thread.BecomeLeader(process.pid);
}

void Kernel::Reap(Pid pid) {
  ended_time_ += processes_.at(pid)->cpu_time();
  processes_.erase(pid);
}

void Kernel::BuryThreads() {
  for (const Tid tid : std::exchange(ended_threads_, {})) {
    for (auto& [pid, process] : processes_) {
      auto is_it = [tid](const std::unique_ptr<Thread>& thread) {
        return thread->tid() == tid && thread->state == ThreadState::kDead;
      };
      auto found = std::find_if(process->threads.begin(), process->threads.end(), is_it);
      if (found == process->threads.end() || found == process->threads.begin()) continue;
      process->ended_threads_time += (*found)->cpu_time;
      process->threads.erase(found);
    }
  }
}

CpuTime Kernel::TimeOf(const Thread& thread) const {
  CpuTime time = thread.cpu_time;
  if (&thread == current_) time.user += slice_clock_.Elapsed().cpu_ns;
  return time;
}

CpuTime Kernel::TimeOf(const Process& process) const {
  CpuTime time = process.cpu_time();
  const bool runs = current_ != nullptr && &current_->process() == &process;
  if (runs) time.user += slice_clock_.Elapsed().cpu_ns;
  return time;
}

bool Kernel::IsNumberFree(Pid pid) const {
  for (const auto& [other, process] : processes_) {
    if (other == pid || process->group == pid || process->session == pid) return false;
    for (const auto& thread : process->threads) {
      if (thread->tid() == pid) return false;
    }
  }
  return true;
}

Result<Pid> Kernel::TakeNumber() {
  for (Pid tried = 0; tried < kMaxPid; ++tried) {
    last_pid_ = last_pid_ < kMaxPid ? last_pid_ + 1 : kFirstReusedPid;
    if (IsNumberFree(last_pid_)) return last_pid_;
  }
  return Errno::kAgain;
}

Result<Process*> Kernel::AddProcess() {
  const Pid pid = TRY(TakeNumber());
  auto process = std::make_unique<Process>(*this, pid);
  process->start_time_ns = Now(HostClock::kMonotonic);
  process->threads.push_back(std::make_unique<Thread>(*this, *process, pid));
  process->leader().state = ThreadState::kBlocked;  // until it is loaded
  ++stats_.processes;
  return (processes_[pid] = std::move(process)).get();
}

Task<Status> Kernel::FillProcess(Process& process, SpawnRequest request, std::string& sentence) {
  process.files = vfs::MakeFiles();
  process.files->set_limit(process.limits[Resource::kFiles].current);
  auto context = co_await vfs::MakeFsContext(*this, request.directory);
  if (!context.ok()) {
    sentence = "the working directory " + request.directory + " can't be entered";
    co_return context.error();
  }
  process.fs = std::move(context).value();
  ExecRequest exec;
  exec.directory = kWorkingDirectory;
  exec.path = std::move(request.path);
  exec.arguments = std::move(request.arguments);
  exec.environment = std::move(request.environment);
  CO_TRY(co_await Exec(process.leader(), std::move(exec), sentence));
  // Now that nothing can fail: who tries several programs gives each of them the same streams.
  vfs::OpenStandardFiles(process, process.first_stream);
  co_return kOk;
}

Task<SpawnOutcome> Kernel::Spawn(SpawnRequest request) {
  SpawnOutcome outcome;
  Result<Process*> added = AddProcess();
  if (!added.ok()) {
    outcome.error = added.error();
    co_return outcome;
  }
  Process& process = *added.value();
  process.kept = true;
  process.first_stream = request.first_stream;
  process.credentials = Credentials::For(request.uid, request.gid);
  Status filled = co_await FillProcess(process, std::move(request), outcome.message);
  if (!filled.ok()) {
    outcome.error = filled.error();
    processes_.erase(process.pid);
    co_return outcome;
  }
  outcome.pid = process.pid;
  process.leader().state = ThreadState::kRunnable;
  co_return outcome;
}

void Kernel::ExitProcess(Process& process, ExitStatus status) {
  if (process.exit_status) return;
  const bool has_witnesses = process.memory != nullptr && (process.memory.use_count() > 1 ||
                                                           process.memory->has_shared_mappings());
  if (has_witnesses) {
    for (auto& thread : process.threads) LeaveMemory(*thread);
  }
  process.exit_status = std::move(status);
  system_v_->ProcessEnded(process.pid);
  if (process.memory != nullptr && process.memory.use_count() == 1) {
    constexpr int64_t kSecond = 1'000'000'000;
    system_v_->Leave(*process.memory, process.pid, Now(HostClock::kRealtime) / kSecond);
  }
  process.real_timer.reset();
  process.cpu_timers.reset();
  process.posix_timers.clear();
  for (auto& thread : process.threads) {
    thread->state = ThreadState::kDead;
    thread->syscall.reset();  // before what it works on
  }
  if (process.files.use_count() == 1) vfs::CloseAll(*process.files);
  process.files = nullptr;
  net::NoteProcessEnd(network());
  ReleaseVfork(process);
  if (process.session == process.pid) terminals_->SessionEnded(process.session);
  dying_.push_back(process.pid);
}

/// Frees what an ended process has held. False: some of it is still on its way to its files.
bool Kernel::Bury(Process& process) {
  if (process.memory.use_count() > 1) process.memory = nullptr;
  if (process.memory != nullptr) {
    if (!process.last_sync) process.last_sync.emplace(process.memory->SyncAll());
    if (!process.last_sync->ready()) return false;
    if (!process.last_sync->Take().ok()) {
      host_.Report("a shared mapping could not be written back");
    }
    process.last_sync.reset();
    process.memory = nullptr;
  }
  system_v_->FreeDetached();
  process.execution = nullptr;
  process.fs = nullptr;
  return true;
}

/// True while some ended process still holds something.
bool Kernel::BuryEnded() {
  BuryThreads();
  const std::vector<Pid> dying = std::exchange(dying_, {});
  for (const Pid pid : dying) {
    Process& process = *processes_.at(pid);
    if (!Bury(process)) {
      dying_.push_back(pid);
    } else if (BecomeZombie(process)) {
      Reap(pid);
    }
  }
  return !dying_.empty();
}

const ExitStatus* Kernel::exit_status(Pid pid) const {
  const auto found = processes_.find(pid);
  if (found == processes_.end() || !found->second->is_zombie) return nullptr;
  // Its last words may be on their way; those of others are no reason to wait.
  for (uint32_t i = 0; i < kStandardStreams; ++i) {
    const auto listener = stream_listeners_.find(found->second->first_stream + i);
    if (listener != stream_listeners_.end() && listener->second->is_busy()) return nullptr;
  }
  return &*found->second->exit_status;
}

Process* Kernel::FindProcess(Pid pid) {
  const auto found = processes_.find(pid);
  return found == processes_.end() || found->second->exit_status ? nullptr : found->second.get();
}

Thread* Kernel::FindThread(Tid tid) {
  if (tid == 0) return nullptr;
  for (auto& [pid, process] : processes_) {
    for (auto& thread : process->threads) {
      if (thread->tid() == tid && thread->state != ThreadState::kDead) return thread.get();
    }
  }
  return nullptr;
}

Status Kernel::Kill(Pid pid, int signal) {
  if (signal < 0 || signal > abi::kSigMax) return Errno::kInval;
  abi::SigInfo info{};
  info.signo = signal;
  Status result = Errno::kSrch;
  for (const auto& [number, process] : processes_) {
    const bool meant = pid < 0 ? process->group == -pid : number == pid;
    if (!meant || process->exit_status) continue;
    if (signal != 0) SendToProcess(*process, info);
    result = kOk;
  }
  return result;
}

void Kernel::StreamReady(uint32_t stream) {
  const auto queue = stream_queues_.find(stream);
  if (queue != stream_queues_.end()) queue->second.WakeAll();
  const auto listener = stream_listeners_.find(stream);
  if (listener != stream_listeners_.end()) listener->second->StreamReady();
}

void Kernel::CloseStream(uint32_t stream) {
  stream_queues_.erase(stream);
  host_.CloseStream(stream);
}

void Kernel::StreamResized(uint32_t stream) {
  const auto listener = stream_listeners_.find(stream);
  if (listener != stream_listeners_.end()) listener->second->StreamResized();
}

void Kernel::Listen(uint32_t stream, StreamListener* listener) {
  if (listener == nullptr) {
    stream_listeners_.erase(stream);
  } else {
    stream_listeners_[stream] = listener;
  }
}

bool Kernel::HasBusyStream() const {
  return std::any_of(stream_listeners_.begin(), stream_listeners_.end(),
                     [](const auto& entry) { return entry.second->is_busy(); });
}

}  // namespace elfin::kernel
