// The exports of jit.wasm. docs/binary-interfaces.md says who calls what.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "jit/module/translated_module.h"
#include "runtime/base/check.h"

#define ELFIN_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

std::vector<uint8_t> g_batch;
std::vector<uint8_t> g_answer;

}  // namespace

namespace elfin {

void CheckFailed(const char*, int, const char*) { __builtin_trap(); }

}  // namespace elfin

/// Room for a batch; valid until the next call.
ELFIN_EXPORT(jit_alloc) uint8_t* JitAlloc(uint32_t size) {
  g_batch.resize(size);
  return g_batch.data();
}

/// The address of the answer (its first word is its size); 0: the batch is malformed.
ELFIN_EXPORT(jit_translate) const uint8_t* JitTranslate(const uint8_t* batch, uint32_t size) {
  using namespace elfin::jit;
  const TranslatedModule module = TranslateBatch(batch, size, ModuleCheck::kNone);
  if (module.regions.empty()) return nullptr;
  g_answer = PackAnswer(module);
  return g_answer.data();
}
