// Handlers of jit/instructions/missing.inc.
#include "jit/semantics/control.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/missing.inc"
#undef INSN

}  // namespace

const HandlerList kMissingHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/missing.inc"
#undef INSN
};

}  // namespace elfin::cpu
