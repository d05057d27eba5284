// One mnemonic, several rows: which one an instruction means follows from its operands.
#pragma once

#include <Zydis/Zydis.h>

#include "decoder/guest_insn.h"

namespace elfin::decoder {

/// The row for an instruction whose mnemonic's first row is `first`.
Mnemonic PickVariant(Mnemonic first, const ZydisDecodedInstruction& from,
                     const ZydisDecodedOperand* operands);

/// The same for x87 mnemonics, by the memory operand's size (x87_variants.cc).
Mnemonic PickX87Variant(Mnemonic first, const ZydisDecodedInstruction& from,
                        const ZydisDecodedOperand* operands);

}  // namespace elfin::decoder
