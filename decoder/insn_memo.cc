#include "decoder/insn_memo.h"

#include <cstring>

namespace elfin::decoder {
namespace {

constexpr unsigned kMaxPrefixes = 4;

bool IsLegacyPrefix(uint8_t byte) {
  switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:  // ES, CS, SS, DS
    case 0x64:
    case 0x65:  // FS, GS
    case 0x66:
    case 0x67:  // operand and address size
    case 0xf0:
    case 0xf2:
    case 0xf3:  // LOCK, REPNE, REP
      return true;
    default:
      return false;
  }
}

template <class T>
T Read(const uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

/// A little-endian value of 1, 2, 4 or 8 bytes.
template <bool kSigned>
int64_t ReadValue(const uint8_t* bytes, unsigned size) {
  switch (size) {
    case 1:
      return kSigned ? Read<int8_t>(bytes) : Read<uint8_t>(bytes);
    case 2:
      return kSigned ? Read<int16_t>(bytes) : Read<uint16_t>(bytes);
    case 4:
      return kSigned ? int64_t{Read<int32_t>(bytes)} : int64_t{Read<uint32_t>(bytes)};
    default:
      return Read<int64_t>(bytes);
  }
}

void PutValues(const InsnValues& values, const uint8_t* bytes, GuestInsn* insn) {
  const uint8_t* immediate = bytes + insn->length - values.immediate_bytes;
  const auto next = static_cast<int64_t>(insn->next_address());
  if (values.has_displacement) {
    const uint8_t* displacement = immediate - values.displacement_bytes;
    insn->displacement = ReadValue<true>(displacement, values.displacement_bytes);
    if (values.displacement_is_relative) insn->displacement += next;
  }
  if (values.has_immediate) {
    insn->immediate = values.immediate_is_signed
                          ? ReadValue<true>(immediate, values.immediate_bytes)
                          : ReadValue<false>(immediate, values.immediate_bytes);
    if (values.immediate_is_relative) insn->immediate += next;
  }
}

}  // namespace

InsnMemo::Key InsnMemo::KeyOf(const uint8_t* bytes, GuestMode mode) const {
  unsigned at = 0;
  while (IsLegacyPrefix(bytes[at]) && at < kMaxPrefixes) ++at;
  if (mode == GuestMode::k64Bit && (bytes[at] & 0xf0) == 0x40) ++at;  // REX
  unsigned map = 0;
  uint8_t opcode = bytes[at++];
  if (opcode == 0x0f) {
    opcode = bytes[at++];
    map = 1;
    if (opcode == 0x38 || opcode == 0x3a) {
      map = opcode == 0x38 ? 2 : 3;
      opcode = bytes[at++];
    }
  }
  if (has_modrm_[map][opcode]) {
    const uint8_t modrm = bytes[at++];
    if ((modrm & 0xc0) != 0xc0 && (modrm & 7) == 4) ++at;  // SIB
  }
  if (at > kMaxShape) return 0;
  const Key shape = Read<uint64_t>(bytes) & ((Key{1} << 8 * at) - 1);
  return shape | Key{at} << kLengthShift | Key{static_cast<uint32_t>(mode)} << kModeShift;
}

unsigned InsnMemo::SetOf(Key key) {
  constexpr uint64_t kGolden = 0x9e37'79b9'7f4a'7c15;  // 2^64 divided by the golden ratio
  return static_cast<unsigned>(key * kGolden >> (64 - kSetBits));
}

bool InsnMemo::Recall(const uint8_t* bytes, uint32_t address, GuestMode mode,
                      GuestInsn* insn) const {
  const Key key = KeyOf(bytes, mode);
  if (key == 0) return false;
  const Set& set = sets_[SetOf(key)];
  for (unsigned way = 0; way < kWays; ++way) {
    if (set.keys[way] != key) continue;
    *insn = set.entries[way].insn;
    insn->address = address;
    PutValues(set.entries[way].values, bytes, insn);
    return true;
  }
  return false;
}

void InsnMemo::Keep(const uint8_t* bytes, GuestMode mode, const GuestInsn& insn,
                    const InsnEncoding& encoding) {
  if (!encoding.is_plain) return;
  has_modrm_[encoding.map][encoding.opcode] = encoding.has_modrm;
  const Key key = KeyOf(bytes, mode);
  const InsnValues& values = encoding.values;
  const unsigned shape_bytes = insn.length - values.displacement_bytes - values.immediate_bytes;
  // Not so after a REX that another prefix makes void, for instance.
  if ((key >> kLengthShift & 15) != shape_bytes) return;
  Entry entry{insn, values};
  PutValues(values, bytes, &entry.insn);
  const bool is_right =
      entry.insn.displacement == insn.displacement && entry.insn.immediate == insn.immediate;
  if (!is_right) return;
  Set& set = sets_[SetOf(key)];
  const unsigned way = set.next++ % kWays;
  set.keys[way] = key;
  set.entries[way] = entry;
}

}  // namespace elfin::decoder
