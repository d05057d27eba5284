// Tty: one terminal: a line discipline, what waits to be shown, and whose terminal it is.
//
//   program ── TtyFile ── Tty ── Line ── a pseudoterminal's master, or the host's terminal
//
// A session has at most one terminal that controls it; of its process groups one is in the
// foreground: it gets the keys' signals, the others may not read (SIGTTIN) and not always write
// (SIGTTOU). (credentials(7), "Sessions and process groups"; termios(3))
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/result.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/wait_queue.h"
#include "syscalls/tty/line_discipline.h"
#include "syscalls/vfs/file.h"

namespace elfin::tty {

/// The side of whoever types and looks.
class Line {
 public:
  /// There is output to take.
  virtual void OutputReady() = 0;
  /// What Receive refused may be taken now.
  virtual void InputWanted() = 0;
  /// Whether output has arrived as soon as it is there to be taken (a pseudoterminal's master).
  virtual bool HasArrived() const = 0;

 protected:
  ~Line() = default;
};

class Tty final : private LineEffects {
 public:
  /// As much output waits for the other side.
  static constexpr size_t kOutputCapacity = 16384;

  /// number: of /dev/pts/. The line outlives it, or disconnects.
  Tty(kernel::Kernel& kernel, uint32_t number, Line* line);
  Tty(const Tty&) = delete;
  Tty& operator=(const Tty&) = delete;
  ~Tty() = default;

  uint32_t number() const { return number_; }
  kernel::Kernel& kernel() { return kernel_; }

  // ---- The program's side. ----
  /// read(2), by VMIN and VTIME where there are no lines. 0: end of file, or hung up. Errors:
  /// kAgain, kRestartSys, kIo (read in the background, where no signal can stop it).
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options);
  /// Errors: kAgain, kRestartSys, kIo (hung up).
  Task<Result<size_t>> Write(vfs::DataSource& source, vfs::IoOptions options);
  uint32_t Poll() const;
  size_t readable_bytes() const { return line_discipline_.available(); }
  size_t unshown_bytes() const { return output_.size() - output_begin_; }
  /// Of these, what is still on its way to the other side.
  size_t unsent_bytes() const {
    return line_ == nullptr || line_->HasArrived() ? 0 : unshown_bytes();
  }
  /// tcdrain: until all is on the other side. Errors: kRestartSys.
  Task<Status> Drain(kernel::Thread& thread);
  /// Where this must not be done in the background: sends `signal` (SIGTTIN or SIGTTOU) to the
  /// process's group. Errors: kRestartSys (done), kIo (the group is orphaned).
  Status CheckForeground(kernel::Thread& thread, int signal);

  // ---- The other side. ----
  /// Takes typed bytes; how many of them: fewer where the program is slow to read. A key's signal
  /// does not wait for that: what was typed before it is forgotten.
  size_t Receive(const uint8_t* bytes, size_t size);
  /// What is to be shown next, and that so much of it has been.
  size_t PeekOutput(uint8_t* to, size_t size) const;
  void DropOutput(size_t size);
  bool has_output() const { return !line_discipline_.output_stopped() && unshown_bytes() > 0; }
  /// The other side has gone: the session learns of it, reads end, writes fail.
  void HangUp();
  bool hung_up() const { return line_ == nullptr; }

  // ---- Settings. ----
  const abi::Termios& settings() const { return line_discipline_.settings(); }
  void SetSettings(const abi::Termios& settings);
  abi::WindowSize window_size() const { return window_size_; }
  /// A change is SIGWINCH for the foreground.
  void SetWindowSize(const abi::WindowSize& size);
  void ForgetInput();
  void ForgetOutput() override;
  void StopOutput(bool stop) { line_discipline_.StopOutput(stop); }
  /// A byte for the other side past everything (tcflow's TCIOFF and TCION).
  void SendControl(unsigned index);

  // ---- Sessions. ----
  kernel::Pid session() const { return session_; }
  kernel::Pid foreground() const { return foreground_; }
  bool Controls(const kernel::Process& process) const {
    return session_ != 0 && process.session == session_;
  }
  void BecomeControllingFor(const kernel::Process& leader);
  void set_foreground(kernel::Pid group) { foreground_ = group; }
  /// The session's leader has ended or gives the terminal up.
  void Disconnect();

  /// Woken at every change that Poll may show, for both sides.
  kernel::WaitQueue changed;
  /// Open program's sides; a master reads EIO when the last has gone.
  int open_files = 0;
  bool was_opened = false;

 private:
  void Show(std::string_view bytes) override;
  void SendSignal(int signal) override;
  void OutputStopped(bool stopped) override;

  bool InputReady() const;
  Result<size_t> TakeInput(vfs::DataSink& sink);
  Task<Result<size_t>> ReadRaw(vfs::DataSink& sink, kernel::Thread& thread);

  kernel::Kernel& kernel_;
  uint32_t number_;
  Line* line_;
  LineDiscipline line_discipline_;
  std::string output_;
  size_t output_begin_ = 0;
  abi::WindowSize window_size_{};
  kernel::Pid session_ = 0;
  kernel::Pid foreground_ = 0;
};

}  // namespace elfin::tty
