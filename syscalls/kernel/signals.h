// Signal sets, dispositions and pending signals: the data. signal_delivery.h acts on them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "syscalls/abi/signal.h"

namespace elfin::kernel {

/// Signals 1 to 64; bit n-1 is signal n, as in the guest's sigset_t.
struct SignalSet {
  uint64_t bits = 0;

  static constexpr uint64_t Bit(int signal) { return uint64_t{1} << (signal - 1); }
  constexpr bool Has(int signal) const { return (bits & Bit(signal)) != 0; }
  constexpr void Add(int signal) { bits |= Bit(signal); }
  constexpr void Remove(int signal) { bits &= ~Bit(signal); }
};

/// SIGKILL and SIGSTOP can't be blocked, caught or ignored.
inline constexpr uint64_t kUnblockableSignals =
    SignalSet::Bit(abi::kSigKill) | SignalSet::Bit(abi::kSigStop);

/// What an unhandled signal does (signal(7)).
enum class DefaultAction { kTerminate, kCore, kIgnore, kStop, kContinue };
DefaultAction DefaultActionOf(int signal);
/// "SIGSEGV"; "SIG34" for those without a name.
std::string SignalName(int signal);

/// The 64 dispositions of a process.
class SignalActions {
 public:
  const abi::KernelSigaction& Get(int signal) const { return actions_[signal - 1]; }
  void Set(int signal, const abi::KernelSigaction& action) { actions_[signal - 1] = action; }
  /// Ignored explicitly or by default: such a signal is dropped when it is sent, unless blocked.
  bool IsIgnored(int signal) const;
  bool HasHandler(int signal) const { return Get(signal).handler > abi::kSigIgn; }
  /// Whether the program wants to see its own faults: a handler with SA_SIGINFO for SIGSEGV or
  /// SIGBUS.
  bool CatchesFaults() const;
  /// execve: handlers go back to default, ignored signals stay ignored.
  void ResetForExec();

 private:
  std::array<abi::KernelSigaction, abi::kSigMax> actions_{};
};

/// Signals sent and not yet delivered. A standard signal is kept once, real-time ones queue.
class PendingSignals {
 public:
  /// False if a standard signal was pending already (and nothing changed).
  bool Add(const abi::SigInfo& info);
  SignalSet set() const { return set_; }
  /// Takes the lowest pending signal that is not blocked. Precondition: there is one.
  abi::SigInfo TakeLowest(SignalSet blocked);
  void Discard(SignalSet signals);

 private:
  SignalSet set_;
  std::vector<abi::SigInfo> queue_;
};

}  // namespace elfin::kernel
