// The line discipline beside the host's: the same settings and keys on a pseudoterminal of the
// machine that the tests run on, and the same bytes must be shown and read.
#include "syscalls/tty/line_discipline.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace elfin;

namespace {

/// Ours: everything that happens, in order.
class OurTerminal final : public tty::LineEffects {
 public:
  OurTerminal() : line(*this) {}
  void Show(std::string_view bytes) override { shown += bytes; }
  void SendSignal(int) override {}
  void ForgetOutput() override { shown.clear(); }
  void OutputStopped(bool) override {}

  void Type(const std::string& keys) {
    for (char key : keys) line.Receive(static_cast<uint8_t>(key));
  }
  void Write(const std::string& text) { line.Output(text, &shown); }
  /// As read(2) with O_NONBLOCK: "E" where nothing is there.
  std::string Read(size_t size) {
    const bool there = line.is_canonical() ? line.has_line() : line.available() > 0;
    if (!there) return "E";
    std::vector<uint8_t> bytes(size);
    const size_t taken = line.Take(bytes.data(), size);
    return "R" + std::string(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(taken));
  }

  std::string shown;
  tty::LineDiscipline line;
};

/// The host's pseudoterminal.
class HostTerminal {
 public:
  HostTerminal() {
    master_ = posix_openpt(O_RDWR | O_NOCTTY);
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) return;
    slave_ = open(ptsname(master_), O_RDWR | O_NOCTTY | O_NONBLOCK);
  }
  ~HostTerminal() {
    close(slave_);
    close(master_);
  }
  bool works() const { return slave_ >= 0; }
  abi::Termios settings() const {
    abi::Termios settings;
    REQUIRE(ioctl(slave_, abi::kTcGets, &settings) == 0);
    return settings;
  }
  void SetSettings(const abi::Termios& settings) {
    REQUIRE(ioctl(slave_, abi::kTcSets, &settings) == 0);
  }
  void Type(const std::string& keys) {
    REQUIRE(write(master_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  void Write(const std::string& text) {
    REQUIRE(write(slave_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  /// What is shown: keys are worked on beside us, so until it is as long as expected, or a second
  /// has gone by without anything.
  std::string Shown(size_t expected) {
    std::string shown;
    while (shown.size() < expected || expected == 0) {
      pollfd wait{master_, POLLIN, 0};
      if (poll(&wait, 1, expected == 0 ? 20 : 1000) != 1) break;
      char bytes[4096];
      const ssize_t count = read(master_, bytes, sizeof(bytes));
      if (count <= 0) break;
      shown.append(bytes, static_cast<size_t>(count));
    }
    return shown;
  }
  std::string Read(size_t size) {
    std::vector<char> bytes(size);
    const ssize_t count = read(slave_, bytes.data(), size);
    if (count < 0) return errno == EAGAIN ? "E" : strerror(errno);
    return "R" + std::string(bytes.data(), static_cast<size_t>(count));
  }

 private:
  int master_ = -1;
  int slave_ = -1;
};

/// Bytes that can be told apart in a report.
std::string Legible(const std::string& bytes) {
  std::string text;
  for (char byte : bytes) {
    char escaped[5];
    const auto number = static_cast<unsigned char>(byte);
    const bool plain = number >= 0x20 && number < 0x7f;
    snprintf(escaped, sizeof(escaped), plain ? "%c" : "\\x%02x", number);
    text += escaped;
  }
  return text;
}

void Compare(const abi::Termios& settings, const std::string& keys, size_t read_size) {
  HostTerminal host;
  if (!host.works()) {
    WARN("this machine has no pseudoterminals to compare with");
    return;
  }
  host.SetSettings(settings);
  OurTerminal ours;
  ours.line.SetSettings(settings);
  ours.Write("ab\t");
  host.Write("ab\t");
  CHECK(host.Shown(ours.shown.size()) == ours.shown);
  ours.shown.clear();
  ours.Type(keys);
  host.Type(keys);
  CHECK(Legible(host.Shown(ours.shown.size())) == Legible(ours.shown));
  for (int n = 0; n < 12; ++n) {
    const std::string read = ours.Read(read_size);
    CHECK(Legible(host.Read(read_size)) == Legible(read));
    if (read == "E") break;
  }
}

abi::Termios With(uint32_t local_on, uint32_t local_off = 0, uint32_t input_on = 0,
                  uint32_t output_on = 0) {
  abi::Termios settings = tty::DefaultSettings();
  settings.local_flags = (settings.local_flags | local_on) & ~local_off;
  settings.input_flags |= input_on;
  settings.output_flags |= output_on;
  return settings;
}

}  // namespace

TEST_CASE("a new terminal is set as the host's", "[line_discipline]") {
  HostTerminal host;
  if (!host.works()) {
    WARN("this machine has no pseudoterminals to compare with");
    return;
  }
  abi::Termios theirs = host.settings();
  abi::Termios ours = tty::DefaultSettings();
  theirs.input_flags |= abi::kIUtf8;  // which terminal emulators set
  CHECK(theirs.input_flags == ours.input_flags);
  CHECK(theirs.output_flags == ours.output_flags);
  CHECK(theirs.control_flags == ours.control_flags);
  CHECK(theirs.local_flags == ours.local_flags);
  CHECK(std::memcmp(theirs.control, ours.control, 17) == 0);
}

TEST_CASE("lines are edited as the host does", "[line_discipline]") {
  const std::string keys =
      GENERATE(std::string("hello\n"), "helo\x7flo\n", "one two  three\x17\x17x\n", "abc\x15xyz\n",
               "a\tb\tc\x7f\x7f\x7f\x7fz\n", "\xc3\xa4\xe2\x82\xac\x7f\x7fq\n", "ab\x04",
               "ab\x04\x04", "\x04", "x\x16\x03y\x16\x7f\n", "abc\x12\x64\n", "a\rb\r",
               "\x01\x02\x1b[A\x7f\x7f\n", "no end", "\x03gone\n", "two\nlines\nand more");
  CAPTURE(keys);
  Compare(With(0), keys, 100);
  Compare(With(0), keys, 2);
  Compare(With(0, abi::kEcho), keys, 100);
  Compare(With(0, abi::kEchoE), keys, 100);
  Compare(With(0, abi::kEchoKe), keys, 100);
  Compare(With(0, abi::kEchoCtl), keys, 100);
  Compare(With(abi::kEchoPrt), keys, 100);
  Compare(With(0, abi::kIExten), keys, 100);
  Compare(With(0, abi::kICanon), keys, 3);
  Compare(With(0, abi::kICanon | abi::kEcho | abi::kISig), keys, 100);
  Compare(With(0, 0, 0, abi::kXTabs | abi::kOLcUc), keys, 100);
}

TEST_CASE("random keys and settings as the host does", "[line_discipline]") {
  std::mt19937 random(7);
  // No tabs and no signals: what the host does depends on how far its echo has got.
  static const std::string kKeys("ab _\x7f\x17\x15\x16\x12\x04\r\n\x01\xc3\xa4\xff.Z");
  static const uint32_t kLocal[] = {abi::kISig,    abi::kICanon, abi::kEcho,   abi::kEchoE,
                                    abi::kEchoK,   abi::kEchoNl, abi::kNoFlsh, abi::kEchoCtl,
                                    abi::kEchoPrt, abi::kEchoKe, abi::kIExten};
  static const uint32_t kInput[] = {abi::kIStrip, abi::kINlCr, abi::kIgnCr, abi::kICrNl,
                                    abi::kIUcLc,  abi::kIXAny, abi::kIUtf8, abi::kParMrk};
  static const uint32_t kOutput[] = {abi::kOPost, abi::kOLcUc,  abi::kONlCr, abi::kOCrNl,
                                     abi::kONoCr, abi::kONlRet, abi::kXTabs};
  auto flip = [&](uint32_t* flags, const auto& choices) {
    for (uint32_t flag : choices) {
      if (random() % 4 == 0) *flags ^= flag;
    }
  };
  for (int n = 0; n < 300; ++n) {
    abi::Termios settings = tty::DefaultSettings();
    flip(&settings.local_flags, kLocal);
    flip(&settings.input_flags, kInput);
    flip(&settings.output_flags, kOutput);
    settings.control[abi::kVTime] = 0;
    settings.control[abi::kVMin] = 1;
    std::string keys;
    for (unsigned count = random() % 20; count > 0; --count) {
      keys.push_back(kKeys[random() % kKeys.size()]);
    }
    CAPTURE(n, Legible(keys), settings.local_flags, settings.input_flags, settings.output_flags);
    Compare(settings, keys, random() % 2 == 0 ? 100 : 3);
  }
}

TEST_CASE("what was typed can be read when the mode changes", "[line_discipline]") {
  HostTerminal host;
  if (!host.works()) {
    WARN("this machine has no pseudoterminals to compare with");
    return;
  }
  OurTerminal ours;
  auto set = [&](const abi::Termios& settings) {
    host.SetSettings(settings);
    ours.line.SetSettings(settings);
  };
  auto type = [&](const std::string& keys) {
    ours.shown.clear();
    ours.Type(keys);
    host.Type(keys);
    CHECK(host.Shown(ours.shown.size()) == ours.shown);
  };
  set(With(0));
  type("line\nhalf");
  set(With(0, abi::kICanon));
  CHECK(host.Read(6) == ours.Read(6));
  CHECK(ours.line.available() == 3);
  set(With(0));
  CHECK(host.Read(100) == ours.Read(100));
  CHECK(host.Read(100) == ours.Read(100));
}

TEST_CASE("a full buffer keeps room for the line's end", "[line_discipline]") {
  OurTerminal ours;
  ours.line.SetSettings(With(0, abi::kEcho));
  ours.Type(std::string(5000, 'x'));
  CHECK(ours.line.room() == 0);
  CHECK(ours.Read(10) == "E");
  ours.Type("\n");
  CHECK(ours.Read(5000) == "R" + std::string(4095, 'x') + "\n");
}
