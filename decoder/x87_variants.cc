#include "decoder/variants.h"

namespace elfin::decoder {
namespace {

/// The row that is `steps` behind `first` in jit/instructions.inc.
Mnemonic RowAfter(Mnemonic first, unsigned steps) {
  return static_cast<Mnemonic>(static_cast<unsigned>(first) + steps);
}

/// 16, 32, 64 bits: 0, 1, 2.
unsigned IntegerStep(unsigned bits) { return bits == 16 ? 0 : bits == 32 ? 1 : 2; }
/// 32, 64, 80 bits: 1, 2, 3; the register form is 0.
unsigned FloatStep(unsigned bits) { return bits == 32 ? 1 : bits == 64 ? 2 : 3; }

}  // namespace

Mnemonic PickX87Variant(Mnemonic first, const ZydisDecodedInstruction& from,
                        const ZydisDecodedOperand* operands) {
  if (from.operand_count_visible == 0 || operands[0].type != ZYDIS_OPERAND_TYPE_MEMORY)
    return first;
  const unsigned bits = operands[0].size;
  switch (first) {
    case Mnemonic::kFild16:
    case Mnemonic::kFist16:
    case Mnemonic::kFistp16:
    case Mnemonic::kFisttp16:
    case Mnemonic::kFiadd16:
    case Mnemonic::kFimul16:
    case Mnemonic::kFisub16:
    case Mnemonic::kFisubr16:
    case Mnemonic::kFidiv16:
    case Mnemonic::kFidivr16:
    case Mnemonic::kFicom16:
    case Mnemonic::kFicomp16:
      return RowAfter(first, IntegerStep(bits));
    case Mnemonic::kFld:
    case Mnemonic::kFst:
    case Mnemonic::kFstp:
    case Mnemonic::kFadd:
    case Mnemonic::kFmul:
    case Mnemonic::kFsub:
    case Mnemonic::kFsubr:
    case Mnemonic::kFdiv:
    case Mnemonic::kFdivr:
    case Mnemonic::kFcom:
    case Mnemonic::kFcomp:
      return RowAfter(first, FloatStep(bits));
    default:
      return first;
  }
}

}  // namespace elfin::decoder
