// What translated code looks like and how large it is, for a few samples: files that a change of
// the translator rewrites, to be read in its review.
//
//   tests/jit/golden/NAME.wat        some samples as WebAssembly text
//   tests/jit/golden/code_size.txt   all samples: guest instructions, bytes of the module,
//   operations
//
// ELFIN_REBASE=1 build/native/tests/test_jit '[golden]' writes them anew (from the top folder).
#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "jit/module/translated_module.h"
#include "jit/region/translation_request.h"
#include "jit/tools/request_builder.h"

namespace elfin::jit {
namespace {

constexpr uint32_t kAddress = 0x40'0000;
constexpr char kFolder[] = "tests/jit/golden/";

enum class Kept { kSize, kText };

struct Sample {
  const char* name;
  Kept kept;
  std::vector<uint8_t> code;
  uint32_t options = 0;
  std::vector<uint32_t> seen_jumps = {};
};

const std::vector<Sample>& Samples() {
  static const std::vector<Sample> samples = {
      // again: add rax, [rdi]; add rdi, 8; cmp rdi, rsi; jne again; ret
      {"sum_loop",
       Kept::kText,
       {0x48, 0x03, 0x07, 0x48, 0x83, 0xc7, 0x08, 0x48, 0x39, 0xf7, 0x75, 0xf4, 0xc3}},
      {"sum_loop_by_pages",
       Kept::kSize,
       {0x48, 0x03, 0x07, 0x48, 0x83, 0xc7, 0x08, 0x48, 0x39, 0xf7, 0x75, 0xf4, 0xc3},
       kPageChecks},
      // mov rax, [rdi]; add rax, [rsi]; mov [rdi], rax; mov rax, [rdi+8]; adc rax, [rsi+8];
      // mov [rdi+8], rax; setc al; ret
      {"carry_chain", Kept::kSize, {0x48, 0x8b, 0x07, 0x48, 0x03, 0x06, 0x48, 0x89, 0x07,
                                    0x48, 0x8b, 0x47, 0x08, 0x48, 0x13, 0x46, 0x08, 0x48,
                                    0x89, 0x47, 0x08, 0x0f, 0x92, 0xc0, 0xc3}},
      // cmp edi, esi; jl less; lea eax, [rdi+rsi*2+5]; ret; less: imul eax, edi, 10; ret
      {"branch",
       Kept::kText,
       {0x39, 0xf7, 0x7c, 0x05, 0x8d, 0x44, 0x77, 0x05, 0xc3, 0x6b, 0xc7, 0x0a, 0xc3}},
      // mov al, [rdi]; xor al, ah; rol al, 3; mov [rdi+1], al; movzx ecx, al; ret
      {"byte_registers",
       Kept::kSize,
       {0x8a, 0x07, 0x30, 0xe0, 0xc0, 0xc0, 0x03, 0x88, 0x47, 0x01, 0x0f, 0xb6, 0xc8, 0xc3}},
      // push rbp; mov rbp, rsp; sub rsp, 32; mov [rbp-8], rdi; call +0x200; add rax, [rbp-8];
      // leave; ret
      {"frame", Kept::kText, {0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x20,
                              0x48, 0x89, 0x7d, 0xf8, 0xe8, 0xfb, 0x01, 0x00,
                              0x00, 0x48, 0x03, 0x45, 0xf8, 0xc9, 0xc3}},
      // call rax; call [rbx+16]; ret
      {"indirect_calls", Kept::kSize, {0xff, 0xd0, 0xff, 0x53, 0x10, 0xc3}},
      // jmp [rdi+rax*8]; one: inc ecx; jmp two; two: dec edx; ret
      {"switch",
       Kept::kText,
       {0xff, 0x24, 0xc7, 0xff, 0xc1, 0xeb, 0x00, 0xff, 0xca, 0xc3},
       0,
       {kAddress + 3, kAddress + 7}},
      // movsd xmm0, [rdi]; mulsd xmm0, [rsi]; addsd xmm1, xmm0; ret
      {"multiply_add",
       Kept::kSize,
       {0xf2, 0x0f, 0x10, 0x07, 0xf2, 0x0f, 0x59, 0x06, 0xf2, 0x0f, 0x58, 0xc8, 0xc3}},
      // movups xmm0, [rdi]; movups xmm1, [rsi]; paddd xmm0, xmm1; pshufd xmm0, xmm0, 0x1b;
      // movups [rdi], xmm0; ret
      {"packed",
       Kept::kSize,
       {0x0f, 0x10, 0x07, 0x0f, 0x10, 0x0e, 0x66, 0x0f, 0xfe, 0xc1, 0x66, 0x0f, 0x70, 0xc0, 0x1b,
        0x0f, 0x11, 0x07, 0xc3}},
      // mov ecx, esi; shl rdi, cl; shr edi, 5; sar rax, 63; ret
      {"shifts",
       Kept::kSize,
       {0x89, 0xf1, 0x48, 0xd3, 0xe7, 0xc1, 0xef, 0x05, 0x48, 0xc1, 0xf8, 0x3f, 0xc3}},
      // test edi, edi; cmovs eax, edx; sete cl; ja above; ret; above: dec ebx; ret
      {"conditions",
       Kept::kSize,
       {0x85, 0xff, 0x0f, 0x48, 0xc2, 0x0f, 0x94, 0xc1, 0x77, 0x01, 0xc3, 0xff, 0xcb, 0xc3}},
      // mov rax, rdi; mul rsi; add rax, rdx; adc rdx, 0; ret
      {"wide_multiply",
       Kept::kSize,
       {0x48, 0x89, 0xf8, 0x48, 0xf7, 0xe6, 0x48, 0x01, 0xd0, 0x48, 0x83, 0xd2, 0x00, 0xc3}},
  };
  return samples;
}

std::vector<uint8_t> BatchOf(const Sample& sample) {
  const CodeBytes code{sample.code.data(), sample.code.size(), kAddress};
  return BuildBatch({BuildRegionRequest(code, kAddress, 1, sample.options, sample.seen_jumps)});
}

/// Lines of the text that are operations: not declarations, arms or remarks.
size_t CountOperations(const std::string& text) {
  static constexpr const char* kNoOperation[] = {"(module", "(type",   "(import", "(elem",
                                                 "(func",   "(local ", "(then",   "(else",
                                                 "(@meta",  "(export"};
  size_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t begin = line.find_first_not_of(' ');
    if (begin == std::string::npos || line[begin] != '(') continue;
    bool is_operation = true;
    for (const char* word : kNoOperation)
      is_operation &= line.compare(begin, strlen(word), word) != 0;
    count += is_operation;
  }
  return count;
}

void CheckFile(const std::string& name, const std::string& text) {
  const std::string path = kFolder + name;
  if (std::getenv("ELFIN_REBASE") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  std::stringstream kept;
  kept << file.rdbuf();
  INFO(path << ": out of date? The head of this file says how it is written anew.");
  CHECK(kept.str() == text);
}

}  // namespace

TEST_CASE("samples of translated code are as they were", "[golden]") {
  std::string sizes = "sample               instructions  bytes  operations\n";
  for (const Sample& sample : Samples()) {
    const std::vector<uint8_t> batch = BatchOf(sample);
    const TranslatedModule module =
        TranslateBatch(batch.data(), batch.size(), ModuleCheck::kValidate);
    REQUIRE(module.regions.size() == 1);
    const std::string text = TranslateToText(batch.data(), batch.size());
    char line[80];
    snprintf(line, sizeof(line), "%-20s %12u %6zu %11zu\n", sample.name,
             module.regions[0].insn_count, module.bytes.size(), CountOperations(text));
    sizes += line;
    if (sample.kept == Kept::kText) CheckFile(std::string(sample.name) + ".wat", text);
  }
  CheckFile("code_size.txt", sizes);
}

}  // namespace elfin::jit
