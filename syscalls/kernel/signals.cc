#include "syscalls/kernel/signals.h"

#include <algorithm>
#include <bit>
#include <string>

#include "runtime/base/check.h"

namespace elfin::kernel {

DefaultAction DefaultActionOf(int signal) {
  switch (signal) {
    case abi::kSigQuit:
    case abi::kSigIll:
    case abi::kSigTrap:
    case abi::kSigAbrt:
    case abi::kSigBus:
    case abi::kSigFpe:
    case abi::kSigSegv:
    case abi::kSigXCpu:
    case abi::kSigXFsz:
    case abi::kSigSys:
      return DefaultAction::kCore;
    case abi::kSigChld:
    case abi::kSigUrg:
    case abi::kSigWinch:
      return DefaultAction::kIgnore;
    case abi::kSigCont:
      return DefaultAction::kContinue;
    case abi::kSigStop:
    case abi::kSigTstp:
    case abi::kSigTtin:
    case abi::kSigTtou:
      return DefaultAction::kStop;
    default:
      return DefaultAction::kTerminate;
  }
}

std::string SignalName(int signal) {
  static constexpr const char* kNames[] = {
      "SIG0",      "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
      "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
      "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
      "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
  if (signal >= 0 && signal < abi::kSigRtMin) return kNames[signal];
  return "SIG" + std::to_string(signal);
}

bool SignalActions::IsIgnored(int signal) const {
  const abi::KernelSigaction& action = Get(signal);
  if (action.handler == abi::kSigIgn) return true;
  if (action.handler != abi::kSigDfl) return false;
  const DefaultAction what = DefaultActionOf(signal);
  return what == DefaultAction::kIgnore || what == DefaultAction::kContinue;
}

bool SignalActions::CatchesFaults() const {
  for (const int signal : {abi::kSigSegv, abi::kSigBus}) {
    if (HasHandler(signal) && (Get(signal).flags & abi::kSaSigInfo) != 0) return true;
  }
  return false;
}

void SignalActions::ResetForExec() {
  for (abi::KernelSigaction& action : actions_) {
    action = {action.handler == abi::kSigIgn ? abi::kSigIgn : abi::kSigDfl, 0, 0, 0};
  }
}

bool PendingSignals::Add(const abi::SigInfo& info) {
  if (info.signo < abi::kSigRtMin && set_.Has(info.signo)) return false;
  set_.Add(info.signo);
  queue_.push_back(info);
  return true;
}

abi::SigInfo PendingSignals::TakeLowest(SignalSet blocked) {
  const uint64_t candidates = set_.bits & ~blocked.bits;
  CHECK(candidates != 0);
  const int signal = std::countr_zero(candidates) + 1;
  auto is_it = [signal](const abi::SigInfo& info) { return info.signo == signal; };
  auto found = std::find_if(queue_.begin(), queue_.end(), is_it);
  const abi::SigInfo info = *found;
  found = queue_.erase(found);
  if (std::none_of(found, queue_.end(), is_it)) set_.Remove(signal);
  return info;
}

void PendingSignals::Discard(SignalSet signals) {
  set_.bits &= ~signals.bits;
  std::erase_if(queue_, [signals](const abi::SigInfo& info) { return signals.Has(info.signo); });
}

}  // namespace elfin::kernel
