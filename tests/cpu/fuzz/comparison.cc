#include "tests/cpu/fuzz/comparison.h"

#include <unistd.h>

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/cpu/fuzz/row_hints.h"

namespace elfin::fuzz {
namespace {

constexpr const char* kGprNames[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                       "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

template <class T>
T Get(const Registers& registers, unsigned offset) {
  T value;
  memcpy(&value, registers.fx + offset, sizeof(value));
  return value;
}

/// Within the sum of two errors of 1.5 * 2^-12.
bool NearlySame(float a, float b) {
  constexpr float kError = 3.0f / 4096;
  return a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= kError * std::fabs(a);
}

bool NearlySameVectors(const Registers& a, const Registers& b) {
  for (unsigned n = 0; n < 64; ++n) {
    const unsigned at = kFxXmm + 4 * n;
    if (memcmp(a.fx + at, b.fx + at, 4) != 0 && !NearlySame(Get<float>(a, at), Get<float>(b, at)))
      return false;
  }
  return true;
}

/// 80-bit numbers that differ by one in the last place; normal ones are in order as integers
/// without their integer bit.
bool Neighbours(const Registers& a, const Registers& b, unsigned at) {
  using Integer = unsigned __int128;
  auto ordinal = [at](const Registers& registers) {
    return Integer{Get<uint16_t>(registers, at + 8)} << 63 | Get<uint64_t>(registers, at) << 1 >> 1;
  };
  return ordinal(a) - ordinal(b) + 1 <= 2;
}

bool SameFloating(const Registers& a, const Registers& b, bool approximate) {
  if (Get<uint16_t>(a, kFxControl) != Get<uint16_t>(b, kFxControl)) return false;
  const unsigned ignored_status = approximate ? 0x200u : 0;  // C1: rounded up
  if (((Get<uint16_t>(a, kFxStatus) ^ Get<uint16_t>(b, kFxStatus)) & ~ignored_status) != 0)
    return false;
  if (a.fx[kFxTag] != b.fx[kFxTag]) return false;
  if (Get<uint32_t>(a, kFxMxcsr) != Get<uint32_t>(b, kFxMxcsr)) return false;
  for (unsigned n = 0; n < 8; ++n) {
    const unsigned at = kFxSt + 16 * n;
    if (memcmp(a.fx + at, b.fx + at, 10) != 0 && !(approximate && Neighbours(a, b, at)))
      return false;
  }
  return memcmp(a.fx + kFxXmm, b.fx + kFxXmm, 256) == 0 || (approximate && NearlySameVectors(a, b));
}

/// A non-canonical address off rsp or rbp is #SS for the processor (SIGBUS), #GP for Elfin
/// (SIGSEGV).
uint32_t KindWithoutStackFault(uint32_t kind) {
  constexpr uint32_t kStackFault = 12;
  return kind == kStackFault ? static_cast<uint32_t>(cpu::TrapKind::kGeneralProtection) : kind;
}

bool SameEnding(const Ending& a, const Ending& b, bool address_counts = true) {
  if (KindWithoutStackFault(a.kind) != b.kind) return false;
  if (a.kind != static_cast<uint32_t>(cpu::TrapKind::kPageFault)) return true;
  constexpr uint32_t kErrors =
      cpu::kTrapPresent | cpu::kTrapWrite | cpu::kTrapUser | cpu::kTrapFetch;
  return !address_counts || (a.address == b.address && (a.error & kErrors) == (b.error & kErrors));
}

class Text {
 public:
  __attribute__((format(printf, 2, 3))) void Add(const char* format, ...) {
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    text_ += line;
  }
  /// A line of three columns, marked where the last two differ.
  void Row(const char* name, uint64_t before, uint64_t processor, uint64_t elfin, uint64_t mask) {
    const bool differs = ((processor ^ elfin) & mask) != 0;
    if (!differs && processor == before) return;
    Add("  %-8s %016llx  %016llx  %016llx%s\n", name, static_cast<unsigned long long>(before),
        static_cast<unsigned long long>(processor), static_cast<unsigned long long>(elfin),
        differs ? "  <<<" : "");
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

void AddFloating(Text* text, const Registers& before, const Registers& processor,
                 const Registers& elfin) {
  auto row = [&](const char* name, unsigned offset, uint64_t mask) {
    text->Row(name, Get<uint64_t>(before, offset) & mask, Get<uint64_t>(processor, offset) & mask,
              Get<uint64_t>(elfin, offset) & mask, mask);
  };
  row("fcw", kFxControl, 0xffff);
  row("fsw", kFxStatus, 0xffff);
  row("tags", kFxTag, 0xff);
  row("mxcsr", kFxMxcsr, 0xffff'ffff);
  for (unsigned n = 0; n < 8; ++n) {
    char name[16];
    snprintf(name, sizeof(name), "st%u", n);
    row(name, kFxSt + 16 * n, ~uint64_t{0});
    row(" exp", kFxSt + 16 * n + 8, 0xffff);
  }
  for (unsigned n = 0; n < 16; ++n) {
    char name[16];
    snprintf(name, sizeof(name), "xmm%u", n);
    row(name, kFxXmm + 16 * n, ~uint64_t{0});
    row(" high", kFxXmm + 16 * n + 8, ~uint64_t{0});
  }
}

void AddFlags(Text* text, const char* name, uint64_t flags) {
  static constexpr struct {
    uint64_t bit;
    const char* name;
  } kNames[] = {{cpu::kFlagOf, "OF "}, {cpu::kFlagDf, "DF "}, {cpu::kFlagSf, "SF "},
                {cpu::kFlagZf, "ZF "}, {cpu::kFlagAf, "AF "}, {cpu::kFlagPf, "PF "},
                {cpu::kFlagCf, "CF "}};
  text->Add("  %s ", name);
  for (const auto& flag : kNames) text->Add("%s", (flags & flag.bit) != 0 ? flag.name : "-- ");
  text->Add("\n");
}

void AddMemory(Text* text, Subject& subject) {
  int lines = 0;
  for (const Zone& zone : kWritable) {
    for (uint64_t at = zone.begin; at < zone.end; at += 8) {
      uint64_t before, processor, elfin;
      memcpy(&before, Pristine(zone) + (at - zone.begin), 8);
      memcpy(&processor, reinterpret_cast<const void*>(at), 8);
      memcpy(&elfin, subject.At(at), 8);
      if (processor == elfin || ++lines > 12) continue;
      char name[20];
      snprintf(name, sizeof(name), "%llx", static_cast<unsigned long long>(at));
      text->Row(name, before, processor, elfin, ~uint64_t{0});
    }
  }
  if (lines > 12) text->Add("  … %d words of memory differ\n", lines);
}

void AddEnding(Text* text, const char* name, const Ending& ending) {
  text->Add("  %s vector %u error %x address %llx\n", name, ending.kind, ending.error,
            static_cast<unsigned long long>(ending.address));
}

void AddBefore(Text* text, const Case& test) {
  for (int n = 0; n < 16; ++n) {
    text->Add("  %-3s %016llx%s", kGprNames[n], static_cast<unsigned long long>(test.before.gpr[n]),
              n % 4 == 3 ? "\n" : "");
  }
  for (const Patch& patch : test.memory) {
    text->Add("  [%x]", patch.address);
    for (size_t n = 0; n < patch.bytes.size() && n < 32; ++n) text->Add(" %02x", patch.bytes[n]);
    text->Add("\n");
  }
}

}  // namespace

bool SameResult(const Bucket& bucket, const Result& processor, const Result& elfin,
                uint64_t ignored_flags) {
  const Registers& a = processor.after;
  const Registers& b = elfin.after;
  const uint64_t flags = kComparedFlags & ~ignored_flags;
  return memcmp(a.gpr, b.gpr, sizeof(a.gpr)) == 0 && a.rip == b.rip &&
         ((a.rflags ^ b.rflags) & flags) == 0 &&
         SameEnding(processor.ending, elfin.ending, FaultAddressIsCompared(bucket)) &&
         SameFloating(a, b, IsApproximate(bucket));
}

void AlignMemory(const Case& test, const Bucket& bucket) {
  if (bucket.row != decoder::Mnemonic::kFxsave && bucket.row != decoder::Mnemonic::kFxsave64)
    return;
  constexpr unsigned kMaskOffset = 28;
  const uint64_t at = test.operand + kMaskOffset;
  const bool inside = at >= kData && at + sizeof(uint32_t) <= kDataEnd;
  if (inside) memcpy(reinterpret_cast<void*>(at), &cpu::kMxcsrMask, sizeof(uint32_t));
}

bool SameMemory(Subject& subject) {
  for (const Zone& zone : kWritable) {
    if (memcmp(reinterpret_cast<const void*>(zone.begin), subject.At(zone.begin), zone.size()) != 0)
      return false;
  }
  return true;
}

std::string Disassemble(const Case& test) {
  char path[] = "/tmp/insn_fuzz.XXXXXX";
  const int file = mkstemp(path);
  if (file < 0) return "";
  const bool written =
      write(file, test.code, test.code_size) == static_cast<ssize_t>(test.code_size);
  close(file);
  char command[256];
  snprintf(command, sizeof(command),
           "objdump -D -b binary -m i386:x86-64 -M intel --adjust-vma=0x%llx --no-show-raw-insn %s "
           "2>/dev/null"
           " | tail -n +8 | head -3",
           static_cast<unsigned long long>(test.before.rip), path);
  std::string text;
  if (FILE* pipe = written ? popen(command, "r") : nullptr) {
    char line[256];
    while (fgets(line, sizeof(line), pipe) != nullptr) text += line;
    pclose(pipe);
  }
  unlink(path);
  return text;
}

std::string DescribeDifference(const Bucket& bucket, const Case& test, const Result& processor,
                               const Result& elfin, Subject& subject) {
  const uint64_t ignored_flags = test.ignored_flags;
  Text text;
  text.Add("%s:", bucket.Name().c_str());
  for (unsigned n = 0; n < test.code_size; ++n) text.Add(" %02x", test.code[n]);
  text.Add("\n%s", Disassemble(test).c_str());
  AddBefore(&text, test);
  text.Add("  %-8s %-16s  %-16s  %s\n", "", "before", "processor", "Elfin");
  for (int n = 0; n < 16; ++n) {
    text.Row(kGprNames[n], test.before.gpr[n], processor.after.gpr[n], elfin.after.gpr[n],
             ~uint64_t{0});
  }
  text.Row("rip", test.before.rip, processor.after.rip, elfin.after.rip, ~uint64_t{0});
  text.Row("rflags", test.before.rflags, processor.after.rflags, elfin.after.rflags,
           kComparedFlags & ~ignored_flags);
  if (((processor.after.rflags ^ elfin.after.rflags) & kComparedFlags & ~ignored_flags) != 0) {
    AddFlags(&text, "before   ", test.before.rflags);
    AddFlags(&text, "processor", processor.after.rflags);
    AddFlags(&text, "Elfin    ", elfin.after.rflags);
  }
  AddFloating(&text, test.before, processor.after, elfin.after);
  AddMemory(&text, subject);
  if (!SameEnding(processor.ending, elfin.ending)) {
    AddEnding(&text, "processor:", processor.ending);
    AddEnding(&text, "Elfin:    ", elfin.ending);
  }
  return text.Take();
}

}  // namespace elfin::fuzz
