// Binaryen's pass runner as the printer, the validator and the analyses of a module use it: one
// pass after the other, on one thread. Binaryen's own one comes with a registry that names every
// pass and with a pool of threads. Passes by name are left out: asking for one is a link error.
#include <memory>
#include <utility>

#include "ir/type-updating.h"
#include "pass.h"

namespace wasm {

void PassRunner::doAdd(std::unique_ptr<Pass> pass) { passes.push_back(std::move(pass)); }

void PassRunner::clear() { passes.clear(); }

void PassRunner::run() {
  for (const std::unique_ptr<Pass>& pass : passes) {
    if (!pass->isFunctionParallel()) {
      runPass(pass.get());
      continue;
    }
    for (const std::unique_ptr<Function>& function : wasm->functions) {
      if (!function->imported()) runPassOnFunction(pass.get(), function.get());
    }
  }
}

void PassRunner::runOnFunction(Function* function) {
  for (const std::unique_ptr<Pass>& pass : passes) runPassOnFunction(pass.get(), function);
}

void PassRunner::runPass(Pass* pass) {
  pass->setPassRunner(this);
  pass->run(wasm);
  for (const std::unique_ptr<Function>& function : wasm->functions) {
    handleAfterEffects(pass, function.get());
  }
}

// A pass that works function by function is a fresh instance for each of them.
void PassRunner::runPassOnFunction(Pass* pass, Function* function) {
  const std::unique_ptr<Pass> instance = pass->create();
  instance->setPassRunner(this);
  instance->runOnFunction(wasm, function);
  handleAfterEffects(pass, function);
}

void PassRunner::handleAfterEffects(Pass* pass, Function* function) {
  if (!pass->modifiesBinaryenIR()) return;
  if (pass->requiresNonNullableLocalFixups()) {
    TypeUpdating::handleNonDefaultableLocals(function, *wasm);
  }
  if (pass->addsEffects()) function->effects.reset();
}

// The environment has no say: no debugging of passes.
int PassRunner::getPassDebug() { return 0; }

}  // namespace wasm
