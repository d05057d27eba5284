// The line discipline: what stands between the keys that somebody types and what a program reads,
// and between what it writes and what is shown (termios(3); Linux's n_tty).
//
//   keys ──Receive──▶ erase, kill, signals, echo ──▶ [ cells ] ──Take──▶ program
//                               │ echo
//   screen ◀── LineEffects ◀────┴── output processing ◀──Output── program
//
// A cell is a byte that was typed; in canonical mode the cells up to a line's end can be read,
// those behind the last end are still being edited.
//
// Pure: no waiting, no processes. What it does besides goes through LineEffects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "syscalls/abi/termios.h"

namespace elfin::tty {

/// What an `stty sane` has set on a new terminal.
abi::Termios DefaultSettings();

class LineEffects {
 public:
  /// Bytes for the screen.
  virtual void Show(std::string_view bytes) = 0;
  /// A key's signal for the foreground process group.
  virtual void SendSignal(int signal) = 0;
  /// What was to be shown and isn't yet is forgotten (with the input, at a signal).
  virtual void ForgetOutput() = 0;
  /// The flow of output was stopped or goes on (IXON).
  virtual void OutputStopped(bool stopped) = 0;

 protected:
  ~LineEffects() = default;
};

class LineDiscipline {
 public:
  /// As many typed bytes are kept.
  static constexpr size_t kCapacity = 4096;

  explicit LineDiscipline(LineEffects& effects);

  const abi::Termios& settings() const { return settings_; }
  void SetSettings(const abi::Termios& settings);

  /// A typed byte. A line that is longer than the buffer loses it (but its end); the caller looks
  /// at is_full() first.
  void Receive(uint8_t byte);
  size_t room() const { return cells_.size() < kCapacity ? kCapacity - cells_.size() : 0; }
  /// Whether more had better wait until the program has read: it would be lost.
  bool is_full() const { return room() == 0 && (!is_canonical() || has_line()); }
  /// Where the first key stands that makes a signal and so forgets all input before it; `size`:
  /// nowhere.
  size_t FindSignal(const uint8_t* bytes, size_t size) const;
  bool is_canonical() const { return (settings_.local_flags & abi::kICanon) != 0; }

  /// How many bytes a read would get: in canonical mode those of whole lines.
  size_t available() const;
  /// Whether a line is there (canonical mode; its end may be all there is of it).
  bool has_line() const { return ends_ > 0; }
  /// Up to `size` bytes, in canonical mode of one line. The count; 0: nothing, or an end of file.
  size_t Take(uint8_t* to, size_t size);
  void ForgetInput();

  /// What a program writes, processed (OPOST), behind `to`.
  void Output(std::string_view bytes, std::string* to);

  bool output_stopped() const { return stopped_; }
  void StopOutput(bool stop);

 private:
  struct Cell {
    enum Kind : uint8_t { kPlain, kLineEnd, kEndOfFile } kind;  // kEndOfFile: no byte
    uint8_t byte;
  };

  bool In(uint32_t flag) const { return (settings_.input_flags & flag) != 0; }
  bool Local(uint32_t flag) const { return (settings_.local_flags & flag) != 0; }
  bool IsControl(unsigned index, uint8_t byte) const;
  bool IsExtended(unsigned index, uint8_t byte) const {
    return Local(abi::kIExten) && IsControl(index, byte);
  }
  bool IsContinuation(uint8_t byte) const { return In(abi::kIUtf8) && (byte & 0xc0) == 0x80; }

  bool ReceiveFlow(uint8_t byte);
  int SignalOf(uint8_t byte) const;
  bool ReceiveSignal(uint8_t byte);
  bool ReceiveEdit(uint8_t byte);
  bool ReceiveLineEnd(uint8_t byte);
  void ReceivePlain(uint8_t byte, bool is_return);
  void Put(uint8_t byte, Cell::Kind kind);

  void Erase(uint8_t key);
  void EraseOne(uint8_t key, std::string_view character);
  void EraseTab();
  void Reprint(uint8_t key);
  void FinishErasing();
  void BeginLineOnScreen();

  void Echo(uint8_t byte);
  void EchoRaw(uint8_t byte);
  void OutputByte(uint8_t byte, std::string* to);

  size_t editing() const { return cells_.size() - committed_; }

  LineEffects& effects_;
  abi::Termios settings_ = DefaultSettings();
  std::deque<Cell> cells_;
  size_t committed_ = 0;  // cells of whole lines, at the front
  size_t ends_ = 0;       // lines' ends among them
  bool literal_ = false;  // the next byte means itself (VLNEXT)
  bool erasing_ = false;  // between the backslashes of ECHOPRT
  bool stopped_ = false;
  unsigned column_ = 0;       // where the cursor is, as far as tabs need it
  unsigned line_column_ = 0;  // where the line that is being edited began
};

}  // namespace elfin::tty
