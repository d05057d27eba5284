#include "jit/module/module_builder.h"

#include <string>

#include <wasm-builder.h>

#include "jit/region/translation_request.h"

namespace elfin::jit {
namespace {

wasm::Name NameOf(size_t number) { return wasm::Name("f" + std::to_string(number)); }

}  // namespace

ModuleBuilder::ModuleBuilder() {
  using wasm::FeatureSet;
  module_.features = FeatureSet::SIMD | FeatureSet::TailCall | FeatureSet::BulkMemory |
                     FeatureSet::SignExt | FeatureSet::TruncSat | FeatureSet::MutableGlobals;
  memory = "memory";
  table = "table";
  auto imported_memory = wasm::Builder::makeMemory(memory);
  imported_memory->module = kImportModule;
  imported_memory->base = memory;
  imported_memory->initial = 32;  // what the cpu itself has
  imported_memory->max = 65536;
  module_.addMemory(std::move(imported_memory));
  auto imported_table = wasm::Builder::makeTable(table);
  imported_table->module = kImportModule;
  imported_table->base = table;
  imported_table->initial = 1;
  imported_table->max = wasm::Table::kUnlimitedSize;
  module_.addTable(std::move(imported_table));
}

void ModuleBuilder::Add(std::vector<RegionGraph>* graphs, const std::vector<uint32_t>& slots) {
  for (size_t n = 0; n < graphs->size(); ++n) {
    if ((*graphs)[n].insn_count == 0) continue;
    functions_.emplace((*graphs)[n].entry, NameOf(n));
  }
  wasm::Builder builder(module_);
  for (size_t n = 0; n < graphs->size(); ++n) {
    if ((*graphs)[n].insn_count == 0) continue;
    const wasm::Name name = NameOf(n);
    wasm::Function* function =
        module_.addFunction(FunctionWriter(&module_, this, &(*graphs)[n]).Write(name));
    auto segment = wasm::Builder::makeElementSegment(
        wasm::Name("s" + std::to_string(n)), table,
        builder.makeConst(wasm::Literal(static_cast<int32_t>(slots[n]))));
    segment->data.push_back(builder.makeRefFunc(name, function->type));
    module_.addElementSegment(std::move(segment));
  }
}

wasm::Name ModuleBuilder::FunctionAt(uint32_t address) {
  const auto found = functions_.find(address);
  return found == functions_.end() ? wasm::Name() : found->second;
}

wasm::Name ModuleBuilder::Helper(uint16_t id) {
  const HelperSignature& signature = SignatureOf(static_cast<HelperId>(id));
  const wasm::Name name(signature.name);
  if (imported_[id]) return name;
  imported_[id] = true;
  std::vector<wasm::Type> parameters;
  if (signature.takes_state) parameters.push_back(wasm::Type::i32);
  for (unsigned n = 0; n < signature.parameter_count; ++n) {
    parameters.push_back(WasmType(signature.parameters[n]));
  }
  auto function = std::make_unique<wasm::Function>();
  function->name = name;
  function->module = kImportModule;
  function->base = name;
  function->type = wasm::Type(
      wasm::HeapType(wasm::Signature(wasm::Type(parameters), WasmType(signature.result))),
      wasm::NonNullable);
  module_.addFunction(std::move(function));
  return name;
}

}  // namespace elfin::jit
