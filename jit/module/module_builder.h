// The module of a batch while it grows: what it imports, its functions, the slots that they fill.
#pragma once

#include <array>
#include <map>
#include <vector>

#include <wasm.h>

#include "jit/emit/cpu_functions.h"
#include "jit/region/function_writer.h"
#include "jit/region/region_graph.h"

namespace elfin::jit {

class ModuleBuilder : private ModuleNames {
 public:
  ModuleBuilder();

  /// The region as a function that fills `slot`; the graphs live until it has been written. Regions
  /// of no instructions are left out.
  void Add(std::vector<RegionGraph>* graphs, const std::vector<uint32_t>& slots);

  wasm::Module& module() { return module_; }

 private:
  wasm::Name FunctionAt(uint32_t address) override;
  wasm::Name Helper(uint16_t id) override;

  wasm::Module module_;
  std::map<uint32_t, wasm::Name> functions_;
  std::array<bool, static_cast<size_t>(HelperId::kCount)> imported_{};
};

}  // namespace elfin::jit
