// Handlers of jit/instructions/shift.inc.
#include "jit/semantics/bit.h"
#include "jit/semantics/shift.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/shift.inc"
#undef INSN

}  // namespace

const HandlerList kShiftHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/shift.inc"
#undef INSN
};

}  // namespace elfin::cpu
