#include "decoder/insn_decoder.h"

#include <Zydis/Zydis.h>

#include <array>

#include "decoder/columns.h"
#include "decoder/features.h"
#include "decoder/variants.h"

namespace elfin::decoder {
namespace {

constexpr RowColumns kColumns[] = {
#define INSN(name, zydis, function, widths, forms, memory, end, level, note) \
  {#name, widths, forms, (end) == kEndsBlock},
#include "jit/instructions.inc"
#undef INSN
};
constexpr size_t kMnemonicCount = static_cast<size_t>(Mnemonic::kCount);

/// The first row of each Zydis mnemonic; variants.cc picks among several.
constexpr auto kFirstRow = [] {
  std::array<uint16_t, ZYDIS_MNEMONIC_MAX_VALUE + 1> rows{};
  for (auto& row : rows) row = static_cast<uint16_t>(Mnemonic::kNotImplemented);
  auto enter = [&](ZydisMnemonic zydis, Mnemonic mnemonic) {
    if (zydis != ZYDIS_MNEMONIC_INVALID &&
        rows[zydis] == static_cast<uint16_t>(Mnemonic::kNotImplemented)) {
      rows[zydis] = static_cast<uint16_t>(mnemonic);
    }
  };
#define INSN(name, zydis, ...) enter(ZYDIS_MNEMONIC_##zydis, Mnemonic::k##name);
#include "jit/instructions.inc"
#undef INSN
  return rows;
}();

ZydisDecoder MakeDecoder(GuestMode mode) {
  ZydisDecoder decoder;
  const bool wide = mode == GuestMode::k64Bit;
  ZydisDecoderInit(&decoder, wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                   wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
  auto set = [&](ZydisDecoderMode decoder_mode, bool on) {
    ZydisDecoderEnableMode(&decoder, decoder_mode, on ? ZYAN_TRUE : ZYAN_FALSE);
  };
  set(ZYDIS_DECODER_MODE_KNC, false);
  set(ZYDIS_DECODER_MODE_AMD_BRANCHES, false);
  set(ZYDIS_DECODER_MODE_MPX, features::kMpx);
  set(ZYDIS_DECODER_MODE_CET, features::kCetShadowStack);
  set(ZYDIS_DECODER_MODE_LZCNT, features::kLzcnt);
  set(ZYDIS_DECODER_MODE_TZCNT, features::kBmi1);
  set(ZYDIS_DECODER_MODE_CLDEMOTE, false);
  return decoder;
}

uint16_t RegisterOffset(ZydisRegister reg) {
  // Zydis numbers AL…BL, AH…BH, SPL…DIL, R8B…: the high bytes stand in the middle.
  if (reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH) {
    return static_cast<uint16_t>(GprOffset(static_cast<unsigned>(reg - ZYDIS_REGISTER_AH)) + 1);
  }
  const auto number = static_cast<unsigned>(ZydisRegisterGetId(reg));
  switch (ZydisRegisterGetClass(reg)) {
    case ZYDIS_REGCLASS_GPR8:
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
      return GprOffset(reg <= ZYDIS_REGISTER_BL || ZydisRegisterGetClass(reg) != ZYDIS_REGCLASS_GPR8
                           ? number
                           : static_cast<unsigned>(reg - ZYDIS_REGISTER_SPL) + 4);
    case ZYDIS_REGCLASS_XMM:
      return VectorOffset(number);
    case ZYDIS_REGCLASS_MMX:
      return MmxOffset(number);
    case ZYDIS_REGCLASS_X87:
      return static_cast<uint16_t>(number);
    case ZYDIS_REGCLASS_SEGMENT:
      return static_cast<uint16_t>(offsetof(cpu::CpuState, segment_selector) + 2 * number);
    default:
      return kZeroOffset;
  }
}

uint16_t AddressRegister(ZydisRegister reg) {
  return reg == ZYDIS_REGISTER_NONE ? kZeroOffset : RegisterOffset(reg);
}

uint16_t SegmentOffset(ZydisRegister segment) {
  constexpr uint16_t fs = offsetof(cpu::CpuState, segment_base);
  if (segment == ZYDIS_REGISTER_FS) return fs;
  if (segment == ZYDIS_REGISTER_GS) return fs + sizeof(uint64_t);
  return kZeroOffset;
}

uint8_t ScaleShift(uint8_t scale) {
  return static_cast<uint8_t>(scale == 8 ? 3 : scale == 4 ? 2 : scale == 2 ? 1 : 0);
}

/// SIB with base 5 and mod 0: a 32-bit displacement and no base. (Zydis 4.0 names r13 where REX.B
/// is set; the processor looks at the three bits only. SDM vol. 2A, table 2-3)
bool HasOnlyDisplacement(const ZydisDecodedInstruction& from) {
  return (from.attributes & ZYDIS_ATTRIB_HAS_SIB) != 0 && from.raw.modrm.mod == 0 &&
         from.raw.sib.base == 5;
}

OperandKind SetMemory(const ZydisDecodedInstruction& from, const ZydisDecodedOperand& operand,
                      GuestInsn* insn, InsnEncoding* encoding) {
  const auto& memory = operand.mem;
  encoding->values.has_displacement = from.raw.disp.size != 0;
  encoding->values.displacement_is_relative = memory.base == ZYDIS_REGISTER_RIP;
  if (memory.base == ZYDIS_REGISTER_EIP) encoding->is_plain = false;  // cut to 32 bits
  insn->displacement = memory.disp.has_displacement ? memory.disp.value : 0;
  insn->base = kZeroOffset;
  if (memory.base == ZYDIS_REGISTER_RIP) {
    insn->displacement += static_cast<int64_t>(insn->next_address());
  } else if (memory.base == ZYDIS_REGISTER_EIP) {
    insn->displacement = static_cast<uint32_t>(insn->displacement + insn->next_address());
  } else if (HasOnlyDisplacement(from)) {
    insn->displacement = from.raw.disp.value;
  } else {
    insn->base = AddressRegister(memory.base);
  }
  insn->index = AddressRegister(memory.index);
  insn->scale_shift = ScaleShift(memory.scale);
  insn->segment =
      memory.type == ZYDIS_MEMOP_TYPE_AGEN ? kZeroOffset : SegmentOffset(memory.segment);
  const bool full =
      insn->index != kZeroOffset || insn->segment != kZeroOffset || from.address_width == 32;
  return full ? OperandKind::kMemoryFull : OperandKind::kMemory;
}

OperandKind SetOperand(const ZydisDecodedInstruction& from, const ZydisDecodedOperand& operand,
                       unsigned number, GuestInsn* insn, InsnEncoding* encoding) {
  switch (operand.type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
      if (number < 3) insn->reg[number] = RegisterOffset(operand.reg.value);
      return OperandKind::kRegister;
    case ZYDIS_OPERAND_TYPE_MEMORY:
      return SetMemory(from, operand, insn, encoding);
    case ZYDIS_OPERAND_TYPE_IMMEDIATE: {
      const auto value =
          operand.imm.is_signed ? operand.imm.value.s : static_cast<int64_t>(operand.imm.value.u);
      if (operand.imm.is_relative) {
        insn->immediate = value + static_cast<int64_t>(insn->next_address());
      } else if (number == 1 && FormOperand(insn->form, 0) == OperandKind::kImmediate) {
        insn->immediate |= value << 16;  // ENTER's second immediate
      } else {
        insn->immediate = value;
      }
      encoding->values.has_immediate = from.raw.imm[0].size != 0;
      encoding->values.immediate_is_signed = operand.imm.is_signed != ZYAN_FALSE;
      encoding->values.immediate_is_relative = operand.imm.is_relative != ZYAN_FALSE;
      return OperandKind::kImmediate;
    }
    default:
      return OperandKind::kNone;
  }
}

InsnEncoding EncodingOf(const ZydisDecodedInstruction& from) {
  InsnEncoding encoding;
  encoding.is_plain =
      from.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY && from.raw.imm[1].size == 0;
  encoding.has_modrm = (from.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0;
  encoding.map = static_cast<uint8_t>(from.opcode_map);
  encoding.opcode = from.opcode;
  encoding.values.displacement_bytes = from.raw.disp.size / 8;
  encoding.values.immediate_bytes = from.raw.imm[0].size / 8;
  return encoding;
}
static_assert(ZYDIS_OPCODE_MAP_DEFAULT == 0 && ZYDIS_OPCODE_MAP_0F == 1 &&
              ZYDIS_OPCODE_MAP_0F38 == 2 && ZYDIS_OPCODE_MAP_0F3A == 3);

uint8_t Prefixes(const ZydisDecodedInstruction& from) {
  unsigned bits = 0;
  if (from.attributes & ZYDIS_ATTRIB_HAS_LOCK) bits |= kPrefixLock;
  if (from.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE)) bits |= kPrefixRep;
  if (from.attributes & ZYDIS_ATTRIB_HAS_REPNE) bits |= kPrefixRepne;
  if (from.address_width == 32) bits |= kAddress32;
  return static_cast<uint8_t>(bits);
}

uint16_t SegmentOfPrefix(const ZydisDecodedInstruction& from) {
  if (from.attributes & ZYDIS_ATTRIB_HAS_SEGMENT_FS) return SegmentOffset(ZYDIS_REGISTER_FS);
  if (from.attributes & ZYDIS_ATTRIB_HAS_SEGMENT_GS) return SegmentOffset(ZYDIS_REGISTER_GS);
  return kZeroOffset;
}

uint8_t WidthOf(const RowColumns& row, const ZydisDecodedInstruction& from,
                const ZydisDecodedOperand* operands) {
  if (row.widths == kNoWidth) return 0;
  if ((row.widths & k128) == 0) return static_cast<uint8_t>(from.operand_width / 8);
  for (unsigned n = 0; n < from.operand_count_visible; ++n) {
    if (operands[n].type == ZYDIS_OPERAND_TYPE_REGISTER &&
        ZydisRegisterGetClass(operands[n].reg.value) == ZYDIS_REGCLASS_MMX) {
      return 8;
    }
  }
  return 16;
}

void MakeTrapping(Mnemonic mnemonic, uint8_t length, GuestInsn* insn) {
  insn->mnemonic = mnemonic;
  insn->length = length;
  insn->width = 0;
  insn->form = MakeForm();
}

bool IsX87(const ZydisDecodedInstruction& from) {
  return from.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (from.opcode & 0xf8) == 0xd8;
}
/// FOP: the opcode's low three bits and the ModRM byte.
int64_t X87Opcode(const ZydisDecodedInstruction& from) {
  const auto& modrm = from.raw.modrm;
  return (from.opcode & 7) << 8 | modrm.mod << 6 | modrm.reg << 3 | modrm.rm;
}

/// F3 90 with REX.B, which Zydis names PAUSE, is XCHG r8, rax.
bool IsExchangeWithR8(const ZydisDecodedInstruction& from) {
  return from.mnemonic == ZYDIS_MNEMONIC_PAUSE && from.raw.rex.B != 0;
}

void MakeExchangeWithR8(const ZydisDecodedInstruction& from, GuestInsn* insn) {
  insn->mnemonic = Mnemonic::kXchg;
  insn->width = static_cast<uint8_t>(from.operand_width / 8);
  insn->form = MakeForm(OperandKind::kRegister, OperandKind::kRegister);
  insn->reg[0] = GprOffset(8);
  insn->reg[1] = GprOffset(0);
}

bool RowHas(const RowColumns& row, uint8_t width, OperandForm form) {
  if (row.widths != kNoWidth && (row.widths & width) == 0) return false;
  for (const auto& entry : kFormBits) {
    if ((row.forms & entry.bit) != 0 && entry.form == form) return true;
  }
  return false;
}

}  // namespace

const RowColumns& ColumnsOf(Mnemonic mnemonic) { return kColumns[static_cast<size_t>(mnemonic)]; }
static_assert(sizeof(kColumns) / sizeof(kColumns[0]) == kMnemonicCount);

DecodeOutcome DecodeInsn(const uint8_t* bytes, size_t size, uint32_t address, GuestMode mode,
                         GuestInsn* insn, InsnEncoding* encoding) {
  InsnEncoding unwanted;
  if (encoding == nullptr) encoding = &unwanted;
  *encoding = InsnEncoding{};
  *insn = GuestInsn{};
  insn->address = address;
  insn->base = insn->index = insn->segment = kZeroOffset;

  const ZydisDecoder decoder = MakeDecoder(mode);
  ZydisDecoderContext context;
  ZydisDecodedInstruction from;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  const ZyanStatus status = ZydisDecoderDecodeInstruction(&decoder, &context, bytes, size, &from);
  if (status == ZYDIS_STATUS_NO_MORE_DATA) return DecodeOutcome::kNeedsMoreBytes;
  if (!ZYAN_SUCCESS(status)) {
    // Too long is #GP for the processor, all else #UD; both are the instruction's own fault.
    MakeTrapping(
        status == ZYDIS_STATUS_INSTRUCTION_TOO_LONG ? Mnemonic::kTooLong : Mnemonic::kInvalid, 1,
        insn);
    return DecodeOutcome::kDecoded;
  }
  *encoding = EncodingOf(from);
  insn->length = from.length;
  insn->prefixes = Prefixes(from);
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&decoder, &context, &from, operands,
                                               from.operand_count_visible))) {
    MakeTrapping(Mnemonic::kNotImplemented, from.length, insn);
    return DecodeOutcome::kDecoded;
  }
  if (IsExchangeWithR8(from)) {
    MakeExchangeWithR8(from, insn);
    return DecodeOutcome::kDecoded;
  }
  const auto first = static_cast<Mnemonic>(kFirstRow[from.mnemonic]);
  insn->mnemonic = PickVariant(first, from, operands);
  const RowColumns& row = ColumnsOf(insn->mnemonic);
  insn->width = WidthOf(row, from, operands);
  insn->segment = SegmentOfPrefix(from);  // of an implicit operand; an explicit one sets its own
  if (row.forms != N) {
    for (unsigned n = 0; n < from.operand_count_visible && n < 4; ++n) {
      const OperandKind kind = SetOperand(from, operands[n], n, insn, encoding);
      insn->form = static_cast<OperandForm>(insn->form | static_cast<unsigned>(kind) << (3 * n));
    }
  }
  if (IsX87(from)) insn->immediate = X87Opcode(from);
  if (!RowHas(row, insn->width, insn->form)) {
    MakeTrapping(Mnemonic::kNotImplemented, from.length, insn);
  }
  return DecodeOutcome::kDecoded;
}

const char* InsnName(const uint8_t* bytes, size_t size, GuestMode mode) {
  const ZydisDecoder decoder = MakeDecoder(mode);
  ZydisDecoderContext context;
  ZydisDecodedInstruction from;
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, &context, bytes, size, &from))) {
    return "(bad)";
  }
  return ZydisMnemonicGetString(from.mnemonic);
}

}  // namespace elfin::decoder
