// Emitters of jit/instructions/shift.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/bit.h"
#include "jit/semantics/shift.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/shift.inc"
#undef INSN

}  // namespace

const EmitterList kShiftEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/shift.inc"
#undef INSN
};

}  // namespace elfin::jit
