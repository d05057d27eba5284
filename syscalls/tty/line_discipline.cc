#include "syscalls/tty/line_discipline.h"

#include <algorithm>
#include <iterator>

#include "syscalls/abi/signal.h"

namespace elfin::tty {
namespace {

/// What is shown as ^X.
bool IsControlCharacter(uint8_t byte) { return byte < 0x20 || byte == 0x7f; }

// The kernel's ctype.h knows Latin-1, whatever the terminal shows.
bool IsUpper(uint8_t byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 0xc0 && byte <= 0xde && byte != 0xd7);
}
bool IsLower(uint8_t byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 0xdf && byte != 0xf7);
}
constexpr uint8_t kCaseBit = 0x20;

/// A word's characters for VWERASE.
bool IsWordCharacter(uint8_t byte) {
  return IsUpper(byte) || IsLower(byte) || (byte >= '0' && byte <= '9') || byte == '_';
}

}  // namespace

abi::Termios DefaultSettings() {
  abi::Termios settings{};
  settings.input_flags = abi::kICrNl | abi::kIXon | abi::kIUtf8;
  settings.output_flags = abi::kOPost | abi::kONlCr;
  settings.control_flags = abi::kB38400 | abi::kCs8 | abi::kCRead;
  settings.local_flags = abi::kISig | abi::kICanon | abi::kEcho | abi::kEchoE | abi::kEchoK |
                         abi::kEchoCtl | abi::kEchoKe | abi::kIExten;
  static constexpr uint8_t kControl[] = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22};
  // Linux's order: INTR QUIT ERASE KILL EOF TIME MIN SWTC START STOP SUSP EOL REPRINT DISCARD
  // WERASE LNEXT.
  std::copy(std::begin(kControl), std::end(kControl), settings.control);
  return settings;
}

LineDiscipline::LineDiscipline(LineEffects& effects) : effects_(effects) {}

bool LineDiscipline::IsControl(unsigned index, uint8_t byte) const {
  return byte != 0 && settings_.control[index] == byte;
}

void LineDiscipline::SetSettings(const abi::Termios& settings) {
  const bool was_canonical = is_canonical();
  settings_ = settings;
  if (was_canonical != is_canonical()) {
    // All that is there can be read: raw, or as one line.
    for (Cell& cell : cells_) {
      if (cell.kind != Cell::kEndOfFile) cell.kind = Cell::kPlain;
    }
    cells_.erase(std::remove_if(cells_.begin(), cells_.end(),
                                [](const Cell& cell) { return cell.kind == Cell::kEndOfFile; }),
                 cells_.end());
    const bool line = is_canonical() && !cells_.empty();
    if (line) cells_.back().kind = Cell::kLineEnd;
    committed_ = line ? cells_.size() : 0;
    ends_ = line;
    erasing_ = literal_ = false;
  }
  if (!In(abi::kIXon) && stopped_) StopOutput(false);
}

void LineDiscipline::StopOutput(bool stop) {
  if (stopped_ == stop) return;
  stopped_ = stop;
  effects_.OutputStopped(stop);
}

// ---- typed bytes ----

void LineDiscipline::Receive(uint8_t byte) {
  if (In(abi::kIStrip)) byte &= 0x7f;
  if (In(abi::kIUcLc) && Local(abi::kIExten) && IsUpper(byte)) byte += kCaseBit;
  if (literal_) {
    literal_ = false;
    return ReceivePlain(byte, false);
  }
  if (ReceiveFlow(byte) || ReceiveSignal(byte)) return;
  const bool is_return = byte == '\r';
  if (is_return) {
    if (In(abi::kIgnCr)) return;
    if (In(abi::kICrNl)) byte = '\n';
  } else if (byte == '\n' && In(abi::kINlCr)) {
    byte = '\r';
  }
  if (is_canonical() && (ReceiveEdit(byte) || ReceiveLineEnd(byte))) return;
  ReceivePlain(byte, is_return);
}

/// START and STOP; any key lets stopped output go on with IXANY.
bool LineDiscipline::ReceiveFlow(uint8_t byte) {
  if (!In(abi::kIXon)) return false;
  if (IsControl(abi::kVStart, byte)) {
    StopOutput(false);
    return true;
  }
  if (IsControl(abi::kVStop, byte)) {
    StopOutput(true);
    return true;
  }
  if (In(abi::kIXAny)) StopOutput(false);
  return false;
}

/// 0: none.
int LineDiscipline::SignalOf(uint8_t byte) const {
  if (!Local(abi::kISig)) return 0;
  if (IsControl(abi::kVIntr, byte)) return abi::kSigInt;
  if (IsControl(abi::kVQuit, byte)) return abi::kSigQuit;
  if (IsControl(abi::kVSusp, byte)) return abi::kSigTstp;
  return 0;
}

size_t LineDiscipline::FindSignal(const uint8_t* bytes, size_t size) const {
  if (Local(abi::kNoFlsh)) return size;
  size_t at = 0;
  while (at < size && SignalOf(bytes[at]) == 0) ++at;
  return at;
}

bool LineDiscipline::ReceiveSignal(uint8_t byte) {
  const int signal = SignalOf(byte);
  if (signal == 0) return false;
  effects_.SendSignal(signal);
  if (!Local(abi::kNoFlsh)) {
    ForgetInput();
    effects_.ForgetOutput();
  }
  if (In(abi::kIXon)) StopOutput(false);
  if (Local(abi::kEcho)) Echo(byte);
  return true;
}

bool LineDiscipline::ReceiveEdit(uint8_t byte) {
  if (IsControl(abi::kVErase, byte) || IsControl(abi::kVKill, byte) ||
      IsExtended(abi::kVWErase, byte)) {
    Erase(byte);
    return true;
  }
  if (IsExtended(abi::kVLNext, byte)) {
    literal_ = true;
    if (Local(abi::kEcho)) {
      FinishErasing();
      if (Local(abi::kEchoCtl)) {
        EchoRaw('^');
        EchoRaw('\b');
      }
    }
    return true;
  }
  if (Local(abi::kEcho) && IsExtended(abi::kVReprint, byte)) {
    Reprint(byte);
    return true;
  }
  return false;
}

bool LineDiscipline::ReceiveLineEnd(uint8_t byte) {
  if (byte == '\n') {
    if (Local(abi::kEcho) || Local(abi::kEchoNl)) EchoRaw('\n');
    Put(byte, Cell::kLineEnd);
    return true;
  }
  if (IsControl(abi::kVEof, byte)) {
    Put(byte, Cell::kEndOfFile);
    return true;
  }
  if (IsControl(abi::kVEol, byte) || IsExtended(abi::kVEol2, byte)) {
    if (Local(abi::kEcho)) {
      BeginLineOnScreen();
      Echo(byte);
    }
    Put(byte, Cell::kLineEnd);
    return true;
  }
  return false;
}

/// A '\n' that was the return key ends a line on the screen; another is shown as ^J.
void LineDiscipline::ReceivePlain(uint8_t byte, bool is_return) {
  if (Local(abi::kEcho)) {
    FinishErasing();
    if (is_return && byte == '\n') {
      EchoRaw('\n');
    } else {
      BeginLineOnScreen();
      Echo(byte);
    }
  }
  if (In(abi::kParMrk) && byte == 0xff) Put(byte, Cell::kPlain);
  Put(byte, Cell::kPlain);
}

void LineDiscipline::Put(uint8_t byte, Cell::Kind kind) {
  if (room() == 0) {
    if (!is_canonical() || editing() == 0) return;
    cells_.pop_back();  // the last place is for the line's end
  }
  cells_.push_back({kind, byte});
  if (kind == Cell::kPlain) return;
  committed_ = cells_.size();
  ++ends_;
}

void LineDiscipline::ForgetInput() {
  cells_.clear();
  committed_ = ends_ = 0;
  erasing_ = literal_ = false;
}

// ---- editing ----

/// ERASE, WERASE, KILL.
void LineDiscipline::Erase(uint8_t key) {
  if (editing() == 0) return;
  const bool one = IsControl(abi::kVErase, key);
  const bool word = !one && IsExtended(abi::kVWErase, key);
  if (!one && !word) {
    const bool visibly = Local(abi::kEchoK) && Local(abi::kEchoKe) && Local(abi::kEchoE);
    if (!Local(abi::kEcho) || !visibly) {
      cells_.resize(committed_);
      if (!Local(abi::kEcho)) return;
      FinishErasing();
      Echo(key);
      if (Local(abi::kEchoK)) EchoRaw('\n');
      return;
    }
  }
  bool in_word = false;
  while (editing() > 0) {
    size_t head = cells_.size() - 1;
    while (IsContinuation(cells_[head].byte) && head > committed_) --head;
    const uint8_t byte = cells_[head].byte;
    if (IsContinuation(byte)) break;  // no whole character
    if (word) {
      if (IsWordCharacter(byte)) {
        in_word = true;
      } else if (in_word) {
        break;
      }
    }
    std::string character;
    for (size_t n = head; n < cells_.size(); ++n) {
      character.push_back(static_cast<char>(cells_[n].byte));
    }
    cells_.resize(head);
    if (Local(abi::kEcho)) EraseOne(key, character);
    if (one) break;
  }
  if (editing() == 0 && Local(abi::kEcho)) FinishErasing();
}

/// A character, on the screen.
void LineDiscipline::EraseOne(uint8_t key, std::string_view character) {
  const auto byte = static_cast<uint8_t>(character[0]);
  if (Local(abi::kEchoPrt)) {
    if (!erasing_) {
      EchoRaw('\\');
      erasing_ = true;
    }
    Echo(byte);
    const unsigned column = column_;
    for (char part : character.substr(1)) EchoRaw(static_cast<uint8_t>(part));
    column_ = column;
  } else if (IsControl(abi::kVErase, key) && !Local(abi::kEchoE)) {
    Echo(key);
  } else if (byte == '\t') {
    EraseTab();
  } else {
    const int width = !IsControlCharacter(byte) ? 1 : Local(abi::kEchoCtl) ? 2 : 0;
    for (int n = 0; n < width; ++n) {
      for (char part : {'\b', ' ', '\b'}) EchoRaw(static_cast<uint8_t>(part));
    }
  }
}

/// Back to where the tab began: its width follows from what stands before it.
void LineDiscipline::EraseTab() {
  unsigned width = 0;
  bool after_tab = false;
  for (size_t n = cells_.size(); n > committed_ && !after_tab; --n) {
    const uint8_t byte = cells_[n - 1].byte;
    if (byte == '\t') {
      after_tab = true;
    } else if (IsControlCharacter(byte)) {
      if (Local(abi::kEchoCtl)) width += 2;
    } else if (!IsContinuation(byte)) {
      ++width;
    }
  }
  if (!after_tab) width += line_column_;
  for (unsigned back = 8 - (width & 7); back > 0; --back) {
    effects_.Show("\b");
    if (column_ > 0) --column_;
  }
}

void LineDiscipline::Reprint(uint8_t key) {
  FinishErasing();
  Echo(key);
  EchoRaw('\n');
  for (size_t n = committed_; n < cells_.size(); ++n) Echo(cells_[n].byte);
}

void LineDiscipline::FinishErasing() {
  if (!erasing_) return;
  EchoRaw('/');
  erasing_ = false;
}

void LineDiscipline::BeginLineOnScreen() {
  if (editing() == 0) line_column_ = column_;
}

// ---- the screen ----

void LineDiscipline::Echo(uint8_t byte) {
  if (Local(abi::kEchoCtl) && IsControlCharacter(byte) && byte != '\t') {
    const char shown[] = {'^', static_cast<char>(byte ^ 0x40)};
    effects_.Show({shown, 2});
    column_ += 2;
    return;
  }
  if (byte == 0xff) {  // never processed when it is echoed
    effects_.Show("\xff");
    ++column_;
    return;
  }
  EchoRaw(byte);
}

void LineDiscipline::EchoRaw(uint8_t byte) {
  std::string shown;
  if ((settings_.output_flags & abi::kOPost) != 0) {
    OutputByte(byte, &shown);
  } else {
    shown.push_back(static_cast<char>(byte));
  }
  effects_.Show(shown);
}

void LineDiscipline::Output(std::string_view bytes, std::string* to) {
  if ((settings_.output_flags & abi::kOPost) == 0) {
    to->append(bytes);
    return;
  }
  for (char byte : bytes) OutputByte(static_cast<uint8_t>(byte), to);
}

void LineDiscipline::OutputByte(uint8_t byte, std::string* to) {
  const uint32_t flags = settings_.output_flags;
  switch (byte) {
    case '\n':
      if ((flags & abi::kONlRet) != 0) column_ = 0;
      if ((flags & abi::kONlCr) != 0) {
        column_ = 0;
        to->push_back('\r');
      }
      line_column_ = column_;
      break;
    case '\r':
      if ((flags & abi::kONoCr) != 0 && column_ == 0) return;
      if ((flags & abi::kOCrNl) != 0) {
        byte = '\n';
        if ((flags & abi::kONlRet) != 0) line_column_ = column_ = 0;
        break;
      }
      line_column_ = column_ = 0;
      break;
    case '\t': {
      const unsigned spaces = 8 - (column_ & 7);
      column_ += spaces;
      if ((flags & abi::kTabDly) == abi::kXTabs) {
        to->append(spaces, ' ');
        return;
      }
      break;
    }
    case '\b':
      if (column_ > 0) --column_;
      break;
    default:
      if (IsControlCharacter(byte)) break;
      if ((flags & abi::kOLcUc) != 0 && IsLower(byte)) byte -= kCaseBit;
      if (!IsContinuation(byte)) ++column_;
  }
  to->push_back(static_cast<char>(byte));
}

// ---- reading ----

size_t LineDiscipline::available() const {
  if (!is_canonical()) return cells_.size();
  const auto end = cells_.begin() + static_cast<std::ptrdiff_t>(committed_);
  return static_cast<size_t>(std::count_if(
      cells_.begin(), end, [](const Cell& cell) { return cell.kind != Cell::kEndOfFile; }));
}

size_t LineDiscipline::Take(uint8_t* to, size_t size) {
  size_t taken = 0;
  if (!is_canonical()) {
    for (; taken < size && !cells_.empty(); cells_.pop_front()) to[taken++] = cells_.front().byte;
    return taken;
  }
  while (committed_ > 0) {
    const Cell cell = cells_.front();
    // An end of file right behind the last byte that was wanted goes with it.
    if (taken == size && cell.kind != Cell::kEndOfFile) break;
    cells_.pop_front();
    --committed_;
    if (cell.kind != Cell::kEndOfFile) to[taken++] = cell.byte;
    if (cell.kind == Cell::kPlain) continue;
    --ends_;
    break;
  }
  return taken;
}

}  // namespace elfin::tty
