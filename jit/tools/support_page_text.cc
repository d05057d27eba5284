#include <map>
#include <string_view>
#include <vector>

#include "decoder/columns.h"
#include "jit/tools/support_page.h"

namespace elfin::jit {
namespace {

using decoder::SupportLevel;

struct Row {
  std::string_view name;
  std::string_view zydis;
  SupportLevel level;
  std::string_view note;
};
struct Chapter {
  const char* title;
  std::vector<Row> rows;
};

#define INSN(name, zydis, function, widths, forms, memory, end, level, note) \
  {#name, #zydis, decoder::SupportLevel::level, note},

std::vector<Chapter> Chapters() {
  return {
      {"Moves, stack, conditional moves",
       {
#include "jit/instructions/move.inc"
       }},
      {"Arithmetic and logic",
       {
#include "jit/instructions/arith.inc"
       }},
      {"Shifts, rotates, bits",
       {
#include "jit/instructions/shift.inc"
       }},
      {"Control transfer",
       {
#include "jit/instructions/control.inc"
       }},
      {"Strings",
       {
#include "jit/instructions/string.inc"
       }},
      {"System and miscellaneous",
       {
#include "jit/instructions/system.inc"
       }},
      {"x87",
       {
#include "jit/instructions/x87.inc"
       }},
      {"SSE and SSE2: moves",
       {
#include "jit/instructions/sse_move.inc"
       }},
      {"SSE and SSE2: floating point",
       {
#include "jit/instructions/sse_float.inc"
       }},
      {"SSE2 and MMX: integers",
       {
#include "jit/instructions/sse_int.inc"
       }},
      {"MMX only",
       {
#include "jit/instructions/mmx.inc"
       }},
      {"POPCNT, LZCNT, BMI1, BMI2, MOVBE, ADX",
       {
#include "jit/instructions/bmi.inc"
       }},
      {"SSE3 and SSSE3",
       {
#include "jit/instructions/sse3.inc"
       }},
      {"SSE4.1 and SSE4.2",
       {
#include "jit/instructions/sse4.inc"
       }},
      {"AES-NI, PCLMULQDQ, SHA",
       {
#include "jit/instructions/crypto.inc"
       }},
      {"Missing",
       {
#include "jit/instructions/missing.inc"
       }},
  };
}
#undef INSN

const char* LevelName(SupportLevel level) {
  switch (level) {
    case SupportLevel::kFull:
      return "full";
    case SupportLevel::kPartial:
      return "partial";
    case SupportLevel::kRefused:
      return "refused";
    case SupportLevel::kMissing:
      return "missing";
  }
  return "";
}

/// Rows that carry a remark get a line each; the plain ones share a paragraph.
std::string ChapterText(const Chapter& chapter) {
  std::string text = "## " + std::string(chapter.title) + "\n\n";
  std::string plain;
  std::string table;
  for (const Row& row : chapter.rows) {
    const std::string name(row.zydis == "INVALID" ? row.name : row.zydis);
    if (row.level == SupportLevel::kFull && row.note.empty()) {
      plain += (plain.empty() ? "" : " ") + name;
    } else {
      table += "| " + name + " | " + LevelName(row.level) + " | " + std::string(row.note) + " |\n";
    }
  }
  if (!plain.empty()) text += "Full: " + plain + ".\n\n";
  if (!table.empty())
    text += "| instruction | level | remark |\n| --- | --- | --- |\n" + table + "\n";
  return text;
}

struct FeatureRow {
  const char* name;
  unsigned long leaf;
  bool implemented;
};

std::string FeatureText() {
  static constexpr FeatureRow kRows[] = {
#define FEATURE(name, leaf, subleaf, register_name, bit, implemented, flag) \
  {#name, leaf, implemented},
#include "decoder/features.inc"
#undef FEATURE
  };
  std::string yes;
  std::string no;
  for (const FeatureRow& row : kRows) {
    std::string& list = row.implemented ? yes : no;
    list += (list.empty() ? "" : ", ") + std::string(row.name);
  }
  return "## What CPUID reports\n\nReported: " + yes +
         ".\n\nNot reported, and so not to be used by programs: " + no + ".\n";
}

}  // namespace

std::string SupportPage() {
  std::string text =
      "# Instructions\n\n"
      "Made from `jit/instructions.inc` and `decoder/features.inc` by `instructions_support_page`; "
      "do not "
      "edit.\n\n"
      "An instruction that is missing raises SIGILL, and Elfin reports its bytes, address and "
      "mnemonic "
      "once. Some rows stand for one form of a mnemonic (Movzx16 is MOVZX with a 16-bit "
      "source).\n\n";
  for (const Chapter& chapter : Chapters()) text += ChapterText(chapter);
  return text + FeatureText();
}

}  // namespace elfin::jit
