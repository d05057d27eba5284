// Handlers of jit/instructions/move.inc.
#include "jit/semantics/control.h"
#include "jit/semantics/move.h"
#include "jit/semantics/stack.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/move.inc"
#undef INSN

}  // namespace

const HandlerList kMoveHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/move.inc"
#undef INSN
};

}  // namespace elfin::cpu
