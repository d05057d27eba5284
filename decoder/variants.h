// One mnemonic, several rows: which one an instruction means follows from its operands.
#pragma once

#include <Zydis/Zydis.h>

#include "decoder/guest_insn.h"

namespace elfin::decoder {

/// The row for an instruction whose mnemonic's first row is `first`.
Mnemonic PickVariant(Mnemonic first, const ZydisDecodedInstruction& from,
                     const ZydisDecodedOperand* operands);

}  // namespace elfin::decoder
