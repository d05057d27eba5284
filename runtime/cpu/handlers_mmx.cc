// Handlers of jit/instructions/mmx.inc.
#include "jit/semantics/convert.h"
#include "jit/semantics/mmx.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/mmx.inc"
#undef INSN

}  // namespace

const HandlerList kMmxHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/mmx.inc"
#undef INSN
};

}  // namespace elfin::cpu
