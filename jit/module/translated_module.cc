#include "jit/module/translated_module.h"

#include <cstring>
#include <sstream>

#include <wasm-binary.h>
#include <wasm-validator.h>

#include "jit/module/module_builder.h"
#include "jit/region/region_graph.h"
#include "runtime/base/check.h"

namespace elfin::jit {
namespace {

struct BatchRegion {
  uint32_t slot;
  const uint8_t* bytes;
  size_t size;
};

bool SplitBatch(const uint8_t* batch, size_t size, std::vector<BatchRegion>* regions) {
  auto word = [&](size_t at) {
    uint32_t value;
    std::memcpy(&value, batch + at, 4);
    return value;
  };
  if (size < 4) return false;
  const uint32_t count = word(0);
  size_t at = 4;
  for (uint32_t n = 0; n < count; ++n) {
    if (size - at < 8) return false;
    const uint32_t slot = word(at);
    const uint32_t bytes = word(at + 4);
    if (bytes < 4 || bytes > size - at - 4) return false;
    regions->push_back({slot, batch + at + 4, bytes});
    at += 4 + bytes;
  }
  return true;
}

void FillEntries(const std::vector<RegionGraph>& graphs, TranslatedModule* result) {
  for (size_t n = 0; n < graphs.size(); ++n) {
    if (graphs[n].insn_count == 0) continue;
    auto& entries = result->regions[n].entries;
    entries.push_back(graphs[n].entry);
    for (const RegionBlock& block : graphs[n].blocks) {
      const bool is_entry =
          block.is_switch_entry || (block.is_entry && block.ending != Ending::kSwitch);
      if (is_entry && block.address != graphs[n].entry) entries.push_back(block.address);
    }
  }
}

/// Fills the module; answers which regions there are. False: the batch is malformed.
bool BuildModule(const uint8_t* batch, size_t size, ModuleBuilder* builder,
                 TranslatedModule* result) {
  std::vector<BatchRegion> regions;
  if (!SplitBatch(batch, size, &regions)) return false;
  std::vector<RegionGraph> graphs(regions.size());
  std::vector<uint32_t> slots;
  for (size_t n = 0; n < regions.size(); ++n) {
    if (!BuildRegionGraph(regions[n].bytes, regions[n].size, &graphs[n])) graphs[n] = {};
    result->regions.push_back({regions[n].slot, graphs[n].insn_count, {}});
    slots.push_back(regions[n].slot);
  }
  builder->Add(&graphs, slots);
  FillEntries(graphs, result);
  return true;
}

}  // namespace

TranslatedModule TranslateBatch(const uint8_t* batch, size_t size, ModuleCheck check) {
  ModuleBuilder builder;
  TranslatedModule result;
  if (!BuildModule(batch, size, &builder, &result)) return {};
  if (builder.module().functions.empty()) return result;
  if (check == ModuleCheck::kValidate) {
    wasm::WasmValidator validator;
    CHECK(validator.validate(builder.module()));
  }
  wasm::BufferWithRandomAccess buffer;
  wasm::PassOptions options;
  wasm::WasmBinaryWriter writer(&builder.module(), buffer, options);
  writer.setNamesSection(false);
  writer.write();
  result.bytes.assign(buffer.begin(), buffer.end());
  return result;
}

std::string TranslateToText(const uint8_t* batch, size_t size) {
  ModuleBuilder builder;
  TranslatedModule result;
  std::ostringstream text;
  if (BuildModule(batch, size, &builder, &result)) text << builder.module();
  return text.str();
}

std::vector<uint8_t> PackAnswer(const TranslatedModule& module) {
  std::vector<uint32_t> words{0, static_cast<uint32_t>(module.regions.size())};
  for (const TranslatedRegion& region : module.regions) {
    words.push_back(region.slot);
    words.push_back(region.insn_count);
    words.push_back(static_cast<uint32_t>(region.entries.size()));
    words.insert(words.end(), region.entries.begin(), region.entries.end());
  }
  words.push_back(static_cast<uint32_t>(module.bytes.size()));
  words[0] = static_cast<uint32_t>(4 * words.size() + module.bytes.size());
  std::vector<uint8_t> answer(words[0]);
  std::memcpy(answer.data(), words.data(), 4 * words.size());
  if (!module.bytes.empty()) {
    std::memcpy(answer.data() + 4 * words.size(), module.bytes.data(), module.bytes.size());
  }
  return answer;
}

}  // namespace elfin::jit
