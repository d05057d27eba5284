#include "tests/cpu/fuzz/encoding_bytes.h"

namespace elfin::fuzz {
namespace {

/// The three-byte form; what it has of REX, and the register in it, stand there inverted.
/// (SDM vol. 2A, 2.3.5)
unsigned PutVex(uint8_t* to, const Encoding& e, uint8_t rex, unsigned reg) {
  const unsigned prefix = e.prefix == 0x66 ? 1 : e.prefix == 0xf3 ? 2 : e.prefix == 0xf2 ? 3 : 0;
  to[0] = 0xc4;
  to[1] = static_cast<uint8_t>((~rex & 7u) << 5 | e.map);
  to[2] = static_cast<uint8_t>((e.rex_w ? 0x80u : 0u) | (~reg & 15u) << 3 | prefix);
  to[3] = e.opcode;
  return 4;
}

const ZydisDecoder& Decoder() {
  static const ZydisDecoder decoder = [] {
    ZydisDecoder made;
    ZydisDecoderInit(&made, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    return made;
  }();
  return decoder;
}

}  // namespace

unsigned PutOpcode(uint8_t* to, const Encoding& e, uint8_t rex, unsigned reg) {
  if (e.vex) return PutVex(to, e, rex, reg);
  unsigned size = 0;
  if (rex != 0) to[size++] = rex;
  if (e.map != 0) to[size++] = 0x0f;
  if (e.map == 2) to[size++] = 0x38;
  if (e.map == 3) to[size++] = 0x3a;
  to[size++] = e.opcode;
  return size;
}

bool DecodeRaw(const uint8_t* bytes, ZydisDecodedInstruction* to) {
  return ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&Decoder(), nullptr, bytes, 15, to));
}

}  // namespace elfin::fuzz
