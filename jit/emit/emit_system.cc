// Emitters of jit/instructions/system.inc: what the interpreter has to do marks itself.
#include "jit/emit/insn_table.h"
#include "jit/semantics/control.h"
#include "jit/semantics/shift.h"
#include "jit/semantics/system.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/system.inc"
#undef INSN

}  // namespace

const EmitterList kSystemEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/system.inc"
#undef INSN
};

}  // namespace elfin::jit
