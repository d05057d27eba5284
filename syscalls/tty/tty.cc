#include "syscalls/tty/tty.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "syscalls/kernel/job_control.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process_groups.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::tty {
namespace {

constexpr int64_t kTenthNs = 100'000'000;  // VTIME's unit
constexpr size_t kChunk = 2048;
constexpr size_t kMostOfOne = 8;  // bytes that one byte can become: a tab

}  // namespace

Tty::Tty(kernel::Kernel& kernel, uint32_t number, Line* line)
    : kernel_(kernel), number_(number), line_(line), line_discipline_(*this) {}

// ---- effects of the line discipline ----

void Tty::Show(std::string_view bytes) {
  output_ += bytes;
  changed.WakeAll();
  if (line_ != nullptr) line_->OutputReady();
}

void Tty::SendSignal(int signal) {
  if (foreground_ != 0) SendToGroup(kernel_, foreground_, kernel::KernelInfo(signal));
}

void Tty::ForgetOutput() {
  output_.clear();
  output_begin_ = 0;
  changed.WakeAll();
}

void Tty::OutputStopped(bool stopped) {
  if (stopped) return;
  changed.WakeAll();
  if (line_ != nullptr) line_->OutputReady();
}

// ---- reading ----

bool Tty::InputReady() const {
  if (line_discipline_.is_canonical()) return line_discipline_.has_line();
  const uint8_t* control = settings().control;
  const size_t least = control[abi::kVTime] == 0 ? std::max<size_t>(control[abi::kVMin], 1) : 1;
  return line_discipline_.available() >= least;
}

Result<size_t> Tty::TakeInput(vfs::DataSink& sink) {
  uint8_t bytes[LineDiscipline::kCapacity];
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(sink.remaining(), sizeof(bytes)));
  const size_t size = line_discipline_.Take(bytes, wanted);
  const Result<size_t> put = sink.Put(bytes, size);
  if (line_ != nullptr) line_->InputWanted();
  return put;
}

/// Without lines: until VMIN bytes are there, or VTIME has gone by.
Task<Result<size_t>> Tty::ReadRaw(vfs::DataSink& sink, kernel::Thread& thread) {
  const size_t least = settings().control[abi::kVMin];
  const int64_t time = settings().control[abi::kVTime] * kTenthNs;
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(sink.remaining(), SIZE_MAX));
  size_t done = 0;
  int64_t deadline = kernel_.scheduler().Now() + time;
  for (;;) {
    if (line_discipline_.available() > 0) {
      const Result<size_t> taken = TakeInput(sink);
      if (!taken.ok()) co_return done > 0 ? Result<size_t>(done) : taken;
      done += taken.value();
      // The clock runs from byte to byte where VMIN wants several.
      deadline = kernel_.scheduler().Now() + time;
    }
    if (done >= std::min(least, wanted) && (done > 0 || time == 0)) co_return done;
    if (hung_up() || line_discipline_.is_canonical()) co_return done;
    const bool timed = time != 0 && (least == 0 || done > 0);
    kernel::Wait wait(thread);
    wait.On(changed);
    if (timed) wait.Until(deadline);
    const Status waited = co_await wait;
    if (waited.ok()) continue;
    if (waited.error() == Errno::kTimedOut) {
      if (line_discipline_.available() == 0) co_return done;
      continue;
    }
    co_return done > 0 ? Result<size_t>(done) : waited.error();
  }
}

Task<Result<size_t>> Tty::Read(vfs::DataSink& sink, vfs::IoOptions options) {
  if (sink.remaining() == 0) co_return size_t{0};
  for (;;) {
    if (options.waiter != nullptr) {
      CO_TRY(CheckForeground(*options.waiter, abi::kSigTtin));
    }
    const bool ready = line_discipline_.is_canonical() ? line_discipline_.has_line()
                                                       : line_discipline_.available() > 0;
    if (hung_up() && !ready) co_return size_t{0};
    if (options.nonblocking || options.waiter == nullptr) {
      if (!ready) co_return Errno::kAgain;
      co_return TakeInput(sink);
    }
    if (!line_discipline_.is_canonical()) co_return co_await ReadRaw(sink, *options.waiter);
    if (ready) co_return TakeInput(sink);
    CO_TRY(co_await changed.Wait(*options.waiter));
  }
}

// ---- writing ----

Task<Result<size_t>> Tty::Write(vfs::DataSource& source, vfs::IoOptions options) {
  if (options.waiter != nullptr && (settings().local_flags & abi::kToStop) != 0) {
    CO_TRY(CheckForeground(*options.waiter, abi::kSigTtou));
  }
  std::vector<uint8_t> bytes(kChunk);
  size_t done = 0;
  while (source.remaining() > 0) {
    if (hung_up()) co_return done > 0 ? Result<size_t>(done) : Errno::kIo;
    const size_t used = unshown_bytes();
    if (used + kMostOfOne > kOutputCapacity) {
      if (options.nonblocking || options.waiter == nullptr) {
        co_return done > 0 ? Result<size_t>(done) : Errno::kAgain;
      }
      const Status waited = co_await changed.Wait(*options.waiter);
      if (!waited.ok()) co_return done > 0 ? Result<size_t>(done) : waited.error();
      continue;
    }
    const size_t room = (kOutputCapacity - used) / kMostOfOne;
    const auto wanted =
        static_cast<size_t>(std::min<uint64_t>({source.remaining(), bytes.size(), room}));
    const Result<size_t> taken = source.Take(bytes.data(), wanted);
    if (!taken.ok()) co_return done > 0 ? Result<size_t>(done) : taken;
    line_discipline_.Output({reinterpret_cast<const char*>(bytes.data()), taken.value()}, &output_);
    done += taken.value();
    changed.WakeAll();
    if (line_ != nullptr) line_->OutputReady();
    if (taken.value() < wanted) break;
  }
  co_return done;
}

uint32_t Tty::Poll() const {
  uint32_t ready = 0;
  if (InputReady()) ready |= vfs::kPollIn | vfs::kPollReadNormal;
  if (hung_up()) {
    return ready | vfs::kPollAlwaysReady | vfs::kPollErr | vfs::kPollHup;
  }
  if (unshown_bytes() + kMostOfOne <= kOutputCapacity) {
    ready |= vfs::kPollOut | vfs::kPollWriteNormal;
  }
  return ready;
}

Task<Status> Tty::Drain(kernel::Thread& thread) {
  while (unsent_bytes() > 0) CO_TRY(co_await changed.Wait(thread));
  co_return kOk;
}

Status Tty::CheckForeground(kernel::Thread& thread, int signal) {
  kernel::Process& process = thread.process();
  if (!Controls(process) || process.group == foreground_ || foreground_ == 0) return kOk;
  const bool deaf =
      thread.blocked().Has(signal) || process.actions.Get(signal).handler == abi::kSigIgn;
  if (deaf) return signal == abi::kSigTtin ? Status(Errno::kIo) : Status(kOk);
  if (kernel::IsOrphanedGroup(process)) return Errno::kIo;
  SendToGroup(kernel_, process.group, kernel::KernelInfo(signal));
  return Errno::kRestartSys;
}

// ---- the other side ----

size_t Tty::Receive(const uint8_t* bytes, size_t size) {
  size_t done = 0;
  while (done < size) {
    if (line_discipline_.is_full()) {
      const size_t skipped = line_discipline_.FindSignal(bytes + done, size - done);
      if (done + skipped == size) break;
      done += skipped;
    }
    line_discipline_.Receive(bytes[done++]);
  }
  if (done > 0) changed.WakeAll();
  return done;
}

size_t Tty::PeekOutput(uint8_t* to, size_t size) const {
  if (!has_output()) return 0;
  const size_t taken = std::min(size, unshown_bytes());
  std::memcpy(to, output_.data() + output_begin_, taken);
  return taken;
}

void Tty::DropOutput(size_t size) {
  output_begin_ += std::min(size, unshown_bytes());
  if (output_begin_ == output_.size()) {
    output_.clear();
    output_begin_ = 0;
  } else if (output_begin_ > kOutputCapacity) {
    output_.erase(0, output_begin_);
    output_begin_ = 0;
  }
  changed.WakeAll();
}

void Tty::HangUp() {
  if (hung_up()) return;
  line_ = nullptr;
  if (kernel::Process* leader = kernel_.FindProcess(session_)) {
    SendToProcess(*leader, kernel::KernelInfo(abi::kSigHup));
    SendToProcess(*leader, kernel::KernelInfo(abi::kSigCont));
  }
  Disconnect();
  changed.WakeAll();
}

// ---- settings ----

void Tty::SetSettings(const abi::Termios& settings) {
  line_discipline_.SetSettings(settings);
  changed.WakeAll();  // what is there may be readable now
}

void Tty::SetWindowSize(const abi::WindowSize& size) {
  if (std::memcmp(&size, &window_size_, sizeof(size)) == 0) return;
  window_size_ = size;
  SendSignal(abi::kSigWinch);
}

void Tty::ForgetInput() {
  line_discipline_.ForgetInput();
  if (line_ != nullptr) line_->InputWanted();
}

void Tty::SendControl(unsigned index) {
  const auto byte = static_cast<char>(settings().control[index]);
  if (byte != 0) Show({&byte, 1});
}

// ---- sessions ----

void Tty::BecomeControllingFor(const kernel::Process& leader) {
  session_ = leader.session;
  foreground_ = leader.group;
}

void Tty::Disconnect() {
  const kernel::Pid foreground = foreground_;
  session_ = foreground_ = 0;
  if (foreground != 0) HangUpGroup(kernel_, foreground);
}

}  // namespace elfin::tty
