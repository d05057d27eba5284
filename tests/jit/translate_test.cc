// The translator from bytes to bytes: what becomes of a batch, and of malformed ones. What
// translated code computes is compared with the processor elsewhere (tests/cpu/fuzz).
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "jit/module/translated_module.h"
#include "jit/region/translation_request.h"
#include "jit/tools/request_builder.h"

namespace elfin::jit {
namespace {

constexpr uint32_t kAddress = 0x400000;
using Bytes = std::vector<uint8_t>;

// add rax, rbx; mov rcx, [rbx+8]; dec rcx; jnz back; ret
const Bytes kLoop = {0x48, 0x01, 0xd8, 0x48, 0x8b, 0x4b, 0x08, 0x48, 0xff, 0xc9, 0x75, 0xf4, 0xc3};

Bytes BatchOf(const Bytes& code, uint32_t slot = 7, uint32_t options = 0) {
  return BuildBatch(
      {BuildRegionRequest({code.data(), code.size(), kAddress}, kAddress, slot, options)});
}

TranslatedModule Translate(const Bytes& batch) {
  return TranslateBatch(batch.data(), batch.size(), ModuleCheck::kValidate);
}

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a loop becomes a function with a wasm loop that fills its slot") {
  const Bytes batch = BatchOf(kLoop);
  const TranslatedModule module = Translate(batch);
  REQUIRE(module.regions.size() == 1);
  CHECK(module.regions[0].slot == 7);
  CHECK(module.regions[0].insn_count == 5);
  CHECK(module.regions[0].entries == std::vector<uint32_t>{kAddress});
  const std::string text = TranslateToText(batch.data(), batch.size());
  // The guard's, the copy without checks, the loop as it is.
  CHECK(Count(text, "(loop ") == 3);
  CHECK(Count(text, "(elem $s0 (i32.const 7) $f0)") == 1);
  // One check for the load, in the first turn, by the guard and in the loop; one for the return
  // address.
  CHECK(Count(text, "i64.ge_u") == 5);  // … and that it is below 4 GiB
}

TEST_CASE("a guard checks what a loop's pointers reach, and its copy checks nothing") {
  // again: mov eax, [rdi]; add rdi, 4; mov [rsi+rcx*4], eax; inc ecx; cmp rdi, rdx; jne again; hlt
  const Bytes code = {0x8b, 0x07, 0x48, 0x83, 0xc7, 0x04, 0x89, 0x04, 0x8e,
                      0xff, 0xc1, 0x48, 0x39, 0xd7, 0x75, 0xf0, 0xf4};
  const Bytes batch = BatchOf(code);
  const std::string text = TranslateToText(batch.data(), batch.size());
  CHECK(Count(text, "(loop ") == 3);
  // Both pointers, and that the 32-bit index doesn't wrap; the first turn's and the loop's own.
  CHECK(Count(text, "i64.ge_u") == 2 + 1 + 2 * 2);
  CHECK(Count(text, "i64.le_u") == 1);  // that memory is larger than a stretch's reach
  // Four turns in the copy, one in the loop.
  CHECK(Count(text, "(i32.load align=1") == 4 + 1);  // and one of the jump cache
  CHECK(Count(text, "(i32.load offset=2097152") == 2);
}

TEST_CASE("an inner loop at whose header the region begins has its own guard") {
  // again: add eax, [rdi]; add rdi, 4; dec ecx; jnz again; mov rdi, rsi; mov ecx, edx; dec r8d;
  // jnz again; hlt
  const Bytes code = {0x03, 0x07, 0x48, 0x83, 0xc7, 0x04, 0xff, 0xc9, 0x75, 0xf6, 0x48,
                      0x89, 0xf7, 0x89, 0xd1, 0x41, 0xff, 0xc8, 0x75, 0xec, 0xf4};
  const Bytes batch = BatchOf(code);
  const std::string text = TranslateToText(batch.data(), batch.size());
  CHECK(Count(text, "(loop ") == 4);                 // with the outer one
  CHECK(Count(text, "(i32.load align=1") == 4 + 1);  // the copy's turns and one of the jump cache
  CHECK(Count(text, "(i32.load offset=2097152") == 2);
}

TEST_CASE("loops that a guard can't see through stay as they are") {
  auto loops = [](const Bytes& code, uint32_t options) {
    const Bytes batch = BatchOf(code, 7, options);
    return Count(TranslateToText(batch.data(), batch.size()), "(loop ");
  };
  // again: mov rdi, [rdi]; dec ecx; jnz again; hlt
  CHECK(loops({0x48, 0x8b, 0x3f, 0xff, 0xc9, 0x75, 0xf9, 0xf4}, 0) == 1);
  // again: mov [rdi], rax; add rdi, rdx; add rdx, rdx; dec ecx; jnz again; hlt
  CHECK(loops({0x48, 0x89, 0x07, 0x48, 0x01, 0xd7, 0x48, 0x01, 0xd2, 0xff, 0xc9, 0x75, 0xf3, 0xf4},
              0) == 1);
  // again: mov [rdi], rax; add rdi, rdx; dec ecx; jnz again; hlt
  const Bytes strided = {0x48, 0x89, 0x07, 0x48, 0x01, 0xd7, 0xff, 0xc9, 0x75, 0xf6, 0xf4};
  CHECK(loops(strided, 0) == 3);
  CHECK(loops(strided, kPageChecks) == 1);
  // again: call +0; mov [rdi], rax; dec ecx; jnz again; hlt
  CHECK(loops({0xe8, 0, 0, 0, 0, 0x48, 0x89, 0x07, 0xff, 0xc9, 0x75, 0xf4, 0xf4}, 0) == 1);
}

TEST_CASE("accesses off one base share a check") {
  // mov rax, [rbx+16]; mov rcx, [rbx]; mov [rbx+8], rax; hlt
  const Bytes code = {0x48, 0x8b, 0x43, 0x10, 0x48, 0x8b, 0x0b, 0x48, 0x89, 0x43, 0x08, 0xf4};
  const Bytes batch = BatchOf(code);
  const std::string text = TranslateToText(batch.data(), batch.size());
  CHECK(Count(text, "i64.ge_u") == 1);
  const Bytes strict = BatchOf(code, 7, kPageChecks);
  CHECK(Count(TranslateToText(strict.data(), strict.size()), "i64.ge_u") == 3);
}

TEST_CASE("compare and jump are one comparison") {
  // cmp rax, rbx; jl +2; inc ecx; hlt
  const Bytes code = {0x48, 0x39, 0xd8, 0x7c, 0x02, 0xff, 0xc1, 0xf4};
  const Bytes batch = BatchOf(code);
  const std::string text = TranslateToText(batch.data(), batch.size());
  CHECK(Count(text, "i64.lt_s") >= 1);
  CHECK(Count(text, "flag_carry_word") == 0);
}

TEST_CASE("return points and loop headers are entries") {
  // call +0x100; again: dec eax; jnz again; ret
  const Bytes code = {0xe8, 0x00, 0x01, 0x00, 0x00, 0xff, 0xc8, 0x75, 0xfc, 0xc3};
  const TranslatedModule module = Translate(BatchOf(code));
  REQUIRE(module.regions.size() == 1);
  CHECK(module.regions[0].entries == std::vector<uint32_t>{kAddress, kAddress + 5});
}

TEST_CASE("indirect jumps go on in the region by a switch over their known targets") {
  // again: jmp [rdi+rax*8]; A: inc ecx; jmp again; B: inc edx; jmp [rdi+rbx*8]; C: hlt
  const Bytes code = {0xff, 0x24, 0xc7, 0xff, 0xc1, 0xeb, 0xf9, 0xff, 0xc2, 0xff, 0x24, 0xdf, 0xf4};
  const std::vector<uint32_t> targets = {kAddress + 3, kAddress + 7};
  const Bytes batch = BuildBatch(
      {BuildRegionRequest({code.data(), code.size(), kAddress}, kAddress, 7, 0, targets)});
  const TranslatedModule module = Translate(batch);
  REQUIRE(module.regions.size() == 1);
  CHECK(module.regions[0].insn_count == 5);
  // A target can be entered, by the switch; the loop's header is an entry anyway.
  std::vector<uint32_t> entries = module.regions[0].entries;
  std::sort(entries.begin(), entries.end());
  CHECK(entries == std::vector<uint32_t>{kAddress, kAddress + 3, kAddress + 7});
  const std::string text = TranslateToText(batch.data(), batch.size());
  CHECK(Count(text, "(br_table") == 1);
  for (uint32_t target : targets) {
    CHECK(Count(text, "(i32.const " + std::to_string(target) + ")") >= 1);
  }
}

TEST_CASE("a cycle with two entrances is translated") {
  // test eax, eax; jz B; A: dec ecx; B: dec edx; jnz A; ret
  const Bytes code = {0x85, 0xc0, 0x74, 0x02, 0xff, 0xc9, 0xff, 0xca, 0x75, 0xfa, 0xc3};
  const TranslatedModule module = Translate(BatchOf(code));
  REQUIRE(module.regions.size() == 1);
  CHECK(module.regions[0].insn_count == 6);
}

TEST_CASE("what the interpreter has to do ends the block") {
  // inc eax; cpuid; inc ecx; ret
  const Bytes code = {0xff, 0xc0, 0x0f, 0xa2, 0xff, 0xc1, 0xc3};
  const TranslatedModule module = Translate(BatchOf(code));
  REQUIRE(module.regions.size() == 1);
  CHECK(module.regions[0].insn_count == 1);
  // cpuid alone: nothing to translate.
  const Bytes nothing = {0x0f, 0xa2, 0xc3};
  CHECK(Translate(BatchOf(nothing)).regions[0].entries.empty());
}

TEST_CASE("the answer is a pure function of the batch") {
  const Bytes batch = BatchOf(kLoop);
  CHECK(PackAnswer(Translate(batch)) == PackAnswer(Translate(batch)));
}

TEST_CASE("malformed batches are answered, never followed") {
  const Bytes good = BatchOf(kLoop);
  for (size_t size = 0; size < good.size(); ++size) {
    const TranslatedModule module = TranslateBatch(good.data(), size, ModuleCheck::kValidate);
    for (const TranslatedRegion& region : module.regions) CHECK(region.insn_count <= 5);
  }
  // Each word of the header and of the tables replaced.
  for (size_t at = 4; at + 4 <= good.size(); at += 4) {
    for (uint32_t word : {0u, 1u, 0x7fffffffu, 0xffffffffu}) {
      Bytes bad = good;
      std::memcpy(bad.data() + at, &word, 4);
      (void)TranslateBatch(bad.data(), bad.size(), ModuleCheck::kValidate);
    }
  }
  const uint32_t empty = 0;
  CHECK(TranslateBatch(reinterpret_cast<const uint8_t*>(&empty), 4, ModuleCheck::kValidate)
            .bytes.empty());
}

}  // namespace elfin::jit
