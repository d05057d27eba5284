// Emitters of jit/instructions/arith.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/arith.h"
#include "jit/semantics/mul_div.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/arith.inc"
#undef INSN

}  // namespace

const EmitterList kArithEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/arith.inc"
#undef INSN
};

}  // namespace elfin::jit
