// Binaryen as we build it: what the translator stands on, from a module to its bytes and its text.
#include <wasm-binary.h>
#include <wasm-builder.h>
#include <wasm-validator.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace elfin {
namespace {

// A module whose function "add" adds its two parameters of type i32.
void BuildAdder(wasm::Module& module, wasm::Type declared_result) {
  wasm::Builder builder(module);
  module.addFunction(builder.makeFunction(
      "add", wasm::Signature({wasm::Type::i32, wasm::Type::i32}, declared_result), {},
      builder.makeBinary(wasm::AddInt32, builder.makeLocalGet(0, wasm::Type::i32),
                         builder.makeLocalGet(1, wasm::Type::i32))));
  module.addExport(wasm::Builder::makeExport("add", "add", wasm::ExternalKind::Function));
}

std::vector<uint8_t> WriteModule(wasm::Module& module) {
  const wasm::PassOptions options;
  wasm::BufferWithRandomAccess bytes;
  wasm::WasmBinaryWriter writer(&module, bytes, options);
  writer.setNamesSection(false);  // it would be there even without a name in it
  writer.write();
  return bytes;
}

TEST_CASE("Binaryen writes a module that it has built") {
  wasm::Module module;
  BuildAdder(module, wasm::Type::i32);
  REQUIRE(wasm::WasmValidator().validate(module));
  const std::vector<uint8_t> expected = {
      0,    'a', 's', 'm',  1,   0,    0,    0,           // header
      1,    7,   1,   0x60, 2,   0x7f, 0x7f, 1,    0x7f,  // types: (i32, i32) → i32
      3,    2,   1,   0,                                  // functions: of type 0
      7,    7,   1,   3,    'a', 'd',  'd',  0,    0,     // exports: "add", function 0
      10,   9,   1,   7,    0,   0x20, 0,    0x20, 1,
      0x6a,  // code: local.get 0, local.get 1, i32.add
      0x0b,
  };
  CHECK(WriteModule(module) == expected);
}

TEST_CASE("Binaryen's validator refuses a function of the wrong type") {
  wasm::Module module;
  BuildAdder(module, wasm::Type::i64);
  CHECK_FALSE(wasm::WasmValidator().validate(
      module, wasm::WasmValidator::Globally | wasm::WasmValidator::Quiet));
}

TEST_CASE("Binaryen's validator refuses what the module's features lack") {
  wasm::Module module;
  wasm::Builder builder(module);
  wasm::Function* function = module.addFunction(builder.makeFunction(
      "narrow", wasm::Signature(wasm::Type::i32, wasm::Type::i32), {},
      builder.makeUnary(wasm::ExtendS8Int32, builder.makeLocalGet(0, wasm::Type::i32))));
  constexpr auto kFlags = wasm::WasmValidator::Globally | wasm::WasmValidator::Quiet;
  module.features = wasm::FeatureSet::MVP;
  CHECK_FALSE(wasm::WasmValidator().validate(function, module, kFlags));
  module.features = wasm::FeatureSet::MVP | wasm::FeatureSet::SignExt;
  CHECK(wasm::WasmValidator().validate(function, module, kFlags));
}

TEST_CASE("Binaryen prints a module as text") {
  wasm::Module module;
  BuildAdder(module, wasm::Type::i32);
  std::ostringstream text;
  text << module;
  CHECK(text.str() ==
        "(module\n"
        " (type $0 (func (param i32 i32) (result i32)))\n"
        " (export \"add\" (func $add))\n"
        " (func $add (param $0 i32) (param $1 i32) (result i32)\n"
        "  (i32.add\n"
        "   (local.get $0)\n"
        "   (local.get $1)\n"
        "  )\n"
        " )\n"
        ")\n");
}

}  // namespace
}  // namespace elfin
