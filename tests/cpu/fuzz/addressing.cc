#include "tests/cpu/fuzz/addressing.h"

#include <algorithm>
#include <cstring>

#include "tests/cpu/fuzz/floating_state.h"
#include "tests/cpu/fuzz/layout.h"
#include "tests/cpu/fuzz/oracle.h"
#include "tests/cpu/fuzz/values.h"

namespace elfin::fuzz {
namespace {

/// The inverse of an odd number modulo 2^64 (Newton).
uint64_t Inverse(uint64_t odd) {
  uint64_t x = odd;
  for (int n = 0; n < 6; ++n) x *= 2 - odd * x;
  return x;
}

bool Fits32(uint64_t value) { return static_cast<uint64_t>(static_cast<int32_t>(value)) == value; }

/// For operands without registers: the displacement itself.
bool AimDisplacement(const Bucket& bucket, uint64_t wanted, Instance* instance, const Case& test) {
  if (instance->displacement_at == 0) return false;
  uint64_t raw = 0;
  memcpy(&raw, instance->bytes + instance->displacement_at, instance->displacement_size);
  if (instance->displacement_size == 4) {
    raw = static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(raw)));
  }
  raw += wanted - static_cast<uint64_t>(instance->insn.displacement);
  if (instance->displacement_size < 4 || (instance->displacement_size == 4 && !Fits32(raw)))
    return false;
  memcpy(instance->bytes + instance->displacement_at, &raw, instance->displacement_size);
  return Redecode(bucket, test.before.rip, instance);
}

/// Where the operand is now, which scaled index registers alone can't reach exactly.
uint64_t OperandAddress(const decoder::GuestInsn& insn, const Case& test) {
  auto gpr = [&](uint16_t offset) {
    return GprNumber(offset) == 16 ? 0 : test.before.gpr[GprNumber(offset)];
  };
  uint64_t address = gpr(insn.base) + (gpr(insn.index) << insn.scale_shift) +
                     static_cast<uint64_t>(insn.displacement);
  if (insn.prefixes & decoder::kAddress32) address = static_cast<uint32_t>(address);
  return address + SegmentBaseOf(insn);
}

/// Bit tests whose offset register takes part in the address as well: it would be anywhere.
bool AddsToAddress(const decoder::GuestInsn& insn) {
  const bool bit_test =
      insn.mnemonic >= decoder::Mnemonic::kBt && insn.mnemonic <= decoder::Mnemonic::kBtc;
  return bit_test && (insn.reg[1] == insn.base || insn.reg[1] == insn.index);
}

void SetAddressRegister(Random& random, bool narrow, unsigned number, uint64_t value, Case* test) {
  if (narrow) value = static_cast<uint32_t>(value) | (random.Chance(50) ? random.Next() << 32 : 0);
  test->before.gpr[number] = value;
}

/// Gives base and index values whose sum is `sum` (modulo 2^32 where narrow).
void AimRegisters(Random& random, const decoder::GuestInsn& insn, uint64_t sum, Case* test) {
  const bool narrow = (insn.prefixes & decoder::kAddress32) != 0;
  const unsigned base = GprNumber(insn.base);
  const unsigned index = GprNumber(insn.index);
  const unsigned scale = insn.scale_shift;
  if (base == 16) {
    SetAddressRegister(random, narrow, index, sum >> scale, test);
  } else if (index == 16) {
    SetAddressRegister(random, narrow, base, sum, test);
  } else if (base == index) {
    const uint64_t factor = 1 + (uint64_t{1} << scale);
    const uint64_t value = scale == 0 ? sum / 2 : sum * Inverse(factor);
    SetAddressRegister(random, narrow, base, value, test);
  } else {
    const uint64_t count = random.Chance(60) ? random.Below(64) : InterestingInteger(random);
    test->before.gpr[index] = count;
    SetAddressRegister(random, narrow, base, sum - (count << scale), test);
  }
}

}  // namespace

unsigned GprNumber(uint16_t offset) { return offset < decoder::GprOffset(16) ? offset / 8u : 16u; }

uint64_t SegmentBaseOf(const decoder::GuestInsn& insn) {
  if (insn.segment == decoder::kZeroOffset) return 0;
  return insn.segment == offsetof(cpu::CpuState, segment_base) ? FsBase() : kGsBase;
}

uint64_t DataAddress(Random& random) {
  constexpr uint64_t kRoom = kDataEnd - kData;
  switch (random.Below(25)) {
    case 0:
    case 1:
      return kData + kPageSize - random.Below(32);  // across two good pages
    case 2:
      return kDataEnd - random.Below(32);  // into the hole behind
    case 3:
      return kData - 1 - random.Below(20);  // from the hole before
    case 4:
      return kReadOnly + random.Below(kPageSize + 8) - 8;
    case 5:
      return random.Chance(50) ? random.Below(0x20'0000) : random.Below(kCode);
    case 6: {
      static constexpr uint64_t kFar[] = {0x0000'8000'0000'0000, 0x0000'7fff'ffff'fffc,
                                          0xffff'8000'0000'0000, 0xffff'7fff'ffff'ffff,
                                          0xffff'ffff'ffff'fff8, 0x1'0121'1000,
                                          0xffff'ffff,           0x8000'0000'0000'0000};
      return random.Pick(kFar) + random.Below(4);
    }
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
      return kData + random.Below(kRoom - 600);
    default:
      return kData + random.Below((kRoom - 600) / 64) * 64;
  }
}

uint64_t StackAddress(Random& random) {
  const uint64_t kind = random.Below(50);
  if (kind == 0) return kStack + random.Below(16);
  if (kind == 1) return kStackEnd - random.Below(16);
  if (kind == 2) return DataAddress(random);
  if (kind < 8) return kStack + 1024 + random.Below(2048);
  return kStack + 1024 + random.Below(256) * 8;
}

void PutMemory(Case* test, uint64_t address, const uint8_t* bytes, size_t size) {
  for (const Zone& zone : kWritable) {
    const uint64_t begin = std::max(address, zone.begin);
    const uint64_t end = std::min(address + size, zone.end);
    if (begin >= end || address + size < address) continue;
    const uint8_t* from = bytes + (begin - address);
    test->memory.push_back({static_cast<uint32_t>(begin), {from, from + (end - begin)}});
  }
}

bool AimMemoryOperand(Random& random, const Bucket& bucket, Instance* instance, Case* test) {
  const decoder::GuestInsn& insn = instance->insn;
  const uint64_t segment = SegmentBaseOf(insn);
  uint64_t target = DataAddress(random);
  // AMD's processors want the address canonical without the segment base as well.
  while (segment != 0 && target >> 32 != 0) target = DataAddress(random);
  const bool narrow = (insn.prefixes & decoder::kAddress32) != 0;
  if (narrow && (target - segment) >> 32 != 0) return false;
  if (GprNumber(insn.base) == 16 && GprNumber(insn.index) == 16) {
    if (!AimDisplacement(bucket, target - segment, instance, *test)) return false;
  } else {
    AimRegisters(random, insn, target - segment - static_cast<uint64_t>(insn.displacement), test);
  }
  if (segment != 0 && AddsToAddress(insn)) return false;
  target = OperandAddress(insn, *test);
  test->operand = target;
  uint8_t bytes[512];
  const size_t size = FillMemoryOperand(random, bucket, bytes);
  if (random.Chance(90)) PutMemory(test, target, bytes, size);
  return true;
}

}  // namespace elfin::fuzz
