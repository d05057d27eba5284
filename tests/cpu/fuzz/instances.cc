// MakeInstance: an encoding with registers, addressing, prefixes and immediates chosen.
#include <algorithm>
#include <cstring>

#include "decoder/insn_decoder.h"
#include "tests/cpu/fuzz/encoding_bytes.h"
#include "tests/cpu/fuzz/encodings.h"

namespace elfin::fuzz {

using decoder::GuestInsn;
using decoder::OperandKind;

namespace {

/// ModRM, SIB and displacement of a memory operand; 0 in rex: no bits needed.
unsigned PutMemory(Random& random, uint8_t reg, bool full, uint8_t* rex, uint8_t* to) {
  unsigned size = 0;
  const auto mod = static_cast<unsigned>(random.Below(3));
  const bool sib = full ? random.Chance(70) : random.Chance(15);
  const unsigned rm = sib ? 4 : static_cast<unsigned>(random.Below(8));
  to[size++] = static_cast<uint8_t>(mod << 6 | reg << 3 | rm);
  if (random.Chance(40)) *rex |= 1;
  if (random.Chance(40)) *rex |= 2;
  unsigned base = rm;
  if (rm == 4) {
    const unsigned index = full ? static_cast<unsigned>(random.Below(8)) : 4;
    if (!full) *rex &= 0xfd;
    base = static_cast<unsigned>(random.Below(8));
    to[size++] = static_cast<uint8_t>(random.Below(4) << 6 | index << 3 | base);
  }
  const unsigned displacement = mod == 1 ? 1 : mod == 2 || (mod == 0 && base == 5) ? 4 : 0;
  const uint64_t any = random.Next();
  memcpy(to + size, &any, displacement);
  if (displacement == 4 && random.Chance(70)) {  // mostly small
    const auto small = static_cast<int32_t>(random.Below(8192)) - 4096;
    memcpy(to + size, &small, sizeof(small));
  }
  return size + displacement;
}

unsigned PutPrefixes(Random& random, const Bucket& bucket, const Encoding& e, bool full,
                     uint8_t* to) {
  unsigned size = 0;
  const bool implicit_memory = !bucket.HasMemory();
  if (full || (implicit_memory && random.Chance(25))) {
    if (random.Chance(30)) to[size++] = 0x67;
    // fs with a 32-bit address would reach into this process's own memory.
    const bool fs = size == 0 && random.Chance(50);
    if (random.Chance(30)) to[size++] = fs ? 0x64 : 0x65;
  }
  if (size == 0 && random.Chance(4)) {
    static constexpr uint8_t kIgnored[] = {0x26, 0x2e, 0x36, 0x3e};
    to[size++] = random.Pick(kIgnored);
  }
  if (bucket.HasMemory() && decoder::FormOperand(bucket.form, 0) != OperandKind::kRegister &&
      random.Chance(8)) {
    to[size++] = 0xf0;
  }
  if (bucket.chapter[0] == 's' && bucket.chapter[1] == 't' && e.prefix == 0x66 &&
      random.Chance(65)) {
    to[size++] = random.Chance(50) ? 0xf2 : 0xf3;  // REP of 16-bit string instructions
  }
  if (e.narrow) to[size++] = 0x66;
  if (e.prefix != 0 && !e.vex) {
    to[size++] = e.prefix;
    if (size > 1 && random.Chance(50)) std::swap(to[size - 1], to[random.Below(size)]);
  }
  return size;
}

void LocateFields(const ZydisDecodedInstruction& raw, Instance* instance) {
  instance->displacement_at = raw.raw.disp.size != 0 ? raw.raw.disp.offset : 0;
  instance->displacement_size = static_cast<uint8_t>(raw.raw.disp.size / 8);
  for (int n = 0; n < 2; ++n) {
    instance->immediate_at[n] = raw.raw.imm[n].size != 0 ? raw.raw.imm[n].offset : 0;
    instance->immediate_size[n] = static_cast<uint8_t>(raw.raw.imm[n].size / 8);
  }
  instance->relative = raw.raw.imm[0].is_relative;
}

}  // namespace

bool Redecode(const Bucket& bucket, uint64_t address, Instance* instance) {
  if (decoder::DecodeInsn(instance->bytes, 15, static_cast<uint32_t>(address),
                          decoder::GuestMode::k64Bit,
                          &instance->insn) != decoder::DecodeOutcome::kDecoded) {
    return false;
  }
  const GuestInsn& insn = instance->insn;
  return insn.mnemonic == bucket.row && insn.width == bucket.width && insn.form == bucket.form;
}

bool MakeInstance(Random& random, const Bucket& bucket, uint64_t address, Instance* instance) {
  const Encoding& e = bucket.encodings[random.Below(bucket.encodings.size())];
  *instance = Instance{};
  bool full = false;
  for (unsigned n = 0; n < 4; ++n) {
    full |= decoder::FormOperand(bucket.form, n) == OperandKind::kMemoryFull;
  }
  uint8_t memory[8];
  uint8_t rex = e.rex_w ? 0x48 : 0;
  unsigned memory_size = 0;
  if (e.has_modrm && e.memory) {
    memory_size = PutMemory(random, e.reg, full, &rex, memory);
  } else if (e.has_modrm) {
    const auto rm = e.any_rm ? static_cast<uint8_t>(random.Below(8)) : e.rm;
    memory[memory_size++] = static_cast<uint8_t>(0xc0 | e.reg << 3 | rm);
    if (e.any_rm && random.Chance(40)) rex |= 1;
  } else if (random.Chance(20)) {
    rex |= 1;  // the register in the opcode
  }
  if (random.Chance(35)) rex |= 4;
  if (random.Chance(10)) rex |= 0x40;
  if (rex != 0) rex |= 0x40;

  unsigned size = PutPrefixes(random, bucket, e, full, instance->bytes);
  // Register 0 stands for none where an instruction takes none.
  const auto vex_reg = e.vex && random.Chance(60) ? static_cast<unsigned>(random.Below(16)) : 0;
  size += PutOpcode(instance->bytes + size, e, rex, vex_reg);
  if (size + memory_size > 15) return false;
  memcpy(instance->bytes + size, memory, memory_size);
  size += memory_size;
  const uint64_t any = random.Next();
  memcpy(instance->bytes + size, &any, std::min<size_t>(8, 16 - size));
  ZydisDecodedInstruction raw;
  if (DecodeRaw(instance->bytes, &raw)) LocateFields(raw, instance);
  return Redecode(bucket, address, instance);
}

}  // namespace elfin::fuzz
