// translate_dump: the translator's pipeline on one screen.
//
//   translate_dump HEX [ADDRESS]     code bytes, e.g. "4801d8 c3", at ADDRESS (default 0x400000)
//   translate_dump --region FILE     a region or batch as the cpu made it (--jit-dump writes them)
//   option --out FILE                the module's bytes
//   option --pages                   with page checks
//
// Prints the instructions, the module as text and its size; validates it.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "decoder/insn_decoder.h"
#include "jit/module/translated_module.h"
#include "jit/region/translation_request.h"
#include "jit/tools/request_builder.h"

namespace {

using elfin::jit::CodeBytes;

std::vector<uint8_t> ParseHex(const std::string& text) {
  std::vector<uint8_t> bytes;
  std::string digits;
  for (char c : text) {
    if (std::isxdigit(static_cast<unsigned char>(c))) digits += c;
  }
  for (size_t n = 0; n + 1 < digits.size(); n += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoul(digits.substr(n, 2), nullptr, 16)));
  }
  return bytes;
}

void PrintListing(const CodeBytes& code) {
  size_t at = 0;
  while (at < code.size) {
    elfin::decoder::GuestInsn insn{};
    const auto mode = elfin::decoder::GuestMode::k64Bit;
    if (elfin::decoder::DecodeInsn(code.bytes + at, code.size - at,
                                   code.address + static_cast<uint32_t>(at), mode,
                                   &insn) == elfin::decoder::DecodeOutcome::kNeedsMoreBytes) {
      return;
    }
    std::printf("%8x  ", insn.address);
    for (unsigned n = 0; n < 11; ++n) {
      n < insn.length ? std::printf("%02x", code.bytes[at + n]) : std::printf("  ");
    }
    std::printf("  %s\n", elfin::decoder::InsnName(code.bytes + at, code.size - at, mode));
    at += insn.length;
  }
}

std::vector<uint8_t> ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<uint8_t> batch, code;
  const char* out = nullptr;
  uint32_t options = 0, address = 0x400000;
  std::string hex;
  for (int n = 1; n < argc; ++n) {
    if (std::strcmp(argv[n], "--region") == 0 && n + 1 < argc) {
      batch = ReadFile(argv[++n]);
    } else if (std::strcmp(argv[n], "--out") == 0 && n + 1 < argc) {
      out = argv[++n];
    } else if (std::strcmp(argv[n], "--pages") == 0) {
      options |= elfin::jit::kPageChecks;
    } else if (hex.empty()) {
      hex = argv[n];
    } else {
      address = static_cast<uint32_t>(std::stoul(argv[n], nullptr, 0));
    }
  }
  if (batch.empty()) {
    code = ParseHex(hex);
    if (code.empty()) {
      std::fprintf(stderr, "usage: translate_dump HEX [ADDRESS] | --region FILE [--out FILE]\n");
      return 2;
    }
    const CodeBytes bytes{code.data(), code.size(), address};
    PrintListing(bytes);
    batch = elfin::jit::BuildBatch({elfin::jit::BuildRegionRequest(bytes, address, 1, options)});
  }
  std::cout << elfin::jit::TranslateToText(batch.data(), batch.size());
  const auto module =
      elfin::jit::TranslateBatch(batch.data(), batch.size(), elfin::jit::ModuleCheck::kValidate);
  std::printf(";; %zu bytes\n", module.bytes.size());
  if (out != nullptr) {
    std::ofstream(out, std::ios::binary)
        .write(reinterpret_cast<const char*>(module.bytes.data()),
               static_cast<std::streamsize>(module.bytes.size()));
  }
}
