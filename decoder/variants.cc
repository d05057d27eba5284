#include "decoder/variants.h"

namespace elfin::decoder {
namespace {

bool IsRegisterOf(const ZydisDecodedOperand& operand, ZydisRegisterClass register_class) {
  return operand.type == ZYDIS_OPERAND_TYPE_REGISTER &&
         ZydisRegisterGetClass(operand.reg.value) == register_class;
}

/// MOVZX, MOVSX: by the source's size.
Mnemonic BySourceSize(const ZydisDecodedOperand* operands, Mnemonic from_byte, Mnemonic from_word) {
  return operands[1].size == 8 ? from_byte : from_word;
}

Mnemonic PickMov(const ZydisDecodedOperand* operands) {
  if (IsRegisterOf(operands[0], ZYDIS_REGCLASS_SEGMENT)) return Mnemonic::kMovToSegment;
  if (IsRegisterOf(operands[1], ZYDIS_REGCLASS_SEGMENT)) return Mnemonic::kMovFromSegment;
  for (int n = 0; n < 2; ++n) {
    if (IsRegisterOf(operands[n], ZYDIS_REGCLASS_CONTROL) ||
        IsRegisterOf(operands[n], ZYDIS_REGCLASS_DEBUG)) {
      return Mnemonic::kMovPrivileged;
    }
  }
  return Mnemonic::kMov;
}

/// MOVD, MOVQ: by the register files of both operands.
struct VectorMoves {
  Mnemonic from_xmm, to_xmm, from_mmx, to_mmx;
};
Mnemonic PickVectorMove(const ZydisDecodedOperand* operands, const VectorMoves& moves) {
  if (IsRegisterOf(operands[0], ZYDIS_REGCLASS_MMX)) return moves.to_mmx;
  if (IsRegisterOf(operands[1], ZYDIS_REGCLASS_MMX)) return moves.from_mmx;
  return IsRegisterOf(operands[0], ZYDIS_REGCLASS_XMM) ? moves.to_xmm : moves.from_xmm;
}

/// MOVSD and CMPSD are string instructions and SSE2 instructions.
bool IsString(const ZydisDecodedInstruction& from) {
  return from.meta.category == ZYDIS_CATEGORY_STRINGOP;
}

bool IsFar(const ZydisDecodedInstruction& from) {
  return from.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR;
}

}  // namespace

Mnemonic PickVariant(Mnemonic first, const ZydisDecodedInstruction& from,
                     const ZydisDecodedOperand* operands) {
  switch (first) {
    case Mnemonic::kMovzx8:
      return BySourceSize(operands, Mnemonic::kMovzx8, Mnemonic::kMovzx16);
    case Mnemonic::kMovsx8:
      return BySourceSize(operands, Mnemonic::kMovsx8, Mnemonic::kMovsx16);
    case Mnemonic::kMov:
      return PickMov(operands);
    case Mnemonic::kPush:
      return IsRegisterOf(operands[0], ZYDIS_REGCLASS_SEGMENT) ? Mnemonic::kPushSegment : first;
    case Mnemonic::kPop:
      return IsRegisterOf(operands[0], ZYDIS_REGCLASS_SEGMENT) ? Mnemonic::kNotImplemented : first;
    case Mnemonic::kImul:
      return from.operand_count_visible == 1 ? Mnemonic::kImulWide : Mnemonic::kImul;
    case Mnemonic::kCrc32:
      return operands[1].size == 8 ? Mnemonic::kCrc32OfByte : first;
    case Mnemonic::kMovsd:
      return IsString(from) ? first : Mnemonic::kMovsdXmm;
    case Mnemonic::kCmpsd:
      return IsString(from) ? first : Mnemonic::kCmpsdXmm;
    case Mnemonic::kMovdFromXmm:
      return PickVectorMove(operands, {Mnemonic::kMovdFromXmm, Mnemonic::kMovdToXmm,
                                       Mnemonic::kMovdFromMmx, Mnemonic::kMovdToMmx});
    case Mnemonic::kMovqFromXmm:
      return PickVectorMove(operands, {Mnemonic::kMovqFromXmm, Mnemonic::kMovqToXmm,
                                       Mnemonic::kMovqFromMmx, Mnemonic::kMovqToMmx});
    case Mnemonic::kJmp:
    case Mnemonic::kCall:
    case Mnemonic::kRet:
      return IsFar(from) ? Mnemonic::kNotImplemented : first;
    default:
      return from.meta.category == ZYDIS_CATEGORY_X87_ALU ? PickX87Variant(first, from, operands)
                                                          : first;
  }
}

}  // namespace elfin::decoder
