// Handlers of jit/instructions/control.inc.
#include "jit/semantics/control.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/control.inc"
#undef INSN

}  // namespace

const HandlerList kControlHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/control.inc"
#undef INSN
};

}  // namespace elfin::cpu
