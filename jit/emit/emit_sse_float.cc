// Emitters of jit/instructions/sse_float.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/convert.h"
#include "jit/semantics/sse_float.h"
#include "jit/semantics/sse_int.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/sse_float.inc"
#undef INSN

}  // namespace

const EmitterList kSseFloatEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/sse_float.inc"
#undef INSN
};

}  // namespace elfin::jit
