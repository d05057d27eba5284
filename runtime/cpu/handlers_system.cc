// Handlers of jit/instructions/system.inc.
#include "jit/semantics/control.h"
#include "jit/semantics/shift.h"
#include "jit/semantics/system.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/system.inc"
#undef INSN

}  // namespace

const HandlerList kSystemHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/system.inc"
#undef INSN
};

}  // namespace elfin::cpu
