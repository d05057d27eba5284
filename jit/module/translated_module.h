// A batch of regions as one WebAssembly module: imports, functions, the table slots that they fill.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace elfin::jit {

struct TranslatedRegion {
  uint32_t slot = 0;
  uint32_t insn_count = 0;
  std::vector<uint32_t> entries;  // empty: it could not be translated
};

struct TranslatedModule {
  std::vector<TranslatedRegion> regions;
  std::vector<uint8_t> bytes;  // empty: no region could be translated
};

enum class ModuleCheck : uint8_t { kNone, kValidate };

/// Translates a batch (jit/region/translation_request.h). Malformed regions are answered without
/// entries; a malformed batch with none. kValidate: a module that Binaryen's validator refuses is
/// a failed CHECK.
TranslatedModule TranslateBatch(const uint8_t* batch, size_t size, ModuleCheck check);

/// The module as WebAssembly text, for tools and tests; empty: the batch is malformed.
std::string TranslateToText(const uint8_t* batch, size_t size);

/// The answer's bytes (translation_request.h).
std::vector<uint8_t> PackAnswer(const TranslatedModule& module);

}  // namespace elfin::jit
