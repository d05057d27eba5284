// Emitters of jit/instructions/sse3.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/sse3.h"
#include "jit/semantics/ssse3.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/sse3.inc"
#undef INSN

}  // namespace

const EmitterList kSse3Emitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/sse3.inc"
#undef INSN
};

}  // namespace elfin::jit
