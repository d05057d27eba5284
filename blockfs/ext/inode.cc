#include "blockfs/ext/inode.h"

#include <algorithm>
#include <cstring>

namespace elfin::ext {
namespace {

constexpr Nanoseconds kSecond = 1'000'000'000;

/// "Inode Timestamps": 32 bits signed; two more bits of the seconds and the nanoseconds in `extra`.
Nanoseconds DecodeTime(uint32_t seconds, uint32_t extra) {
  const int64_t whole = int64_t{static_cast<int32_t>(seconds)} + (int64_t{extra & 3} << 32);
  return whole * kSecond + std::min<uint32_t>(extra >> 2, kSecond - 1);
}

uint32_t EncodeSeconds(Nanoseconds time) {
  const int64_t seconds = time / kSecond - (time % kSecond < 0 ? 1 : 0);
  return static_cast<uint32_t>(seconds);
}

uint32_t EncodeExtra(Nanoseconds time) {
  const int64_t seconds = time / kSecond - (time % kSecond < 0 ? 1 : 0);
  const auto nanoseconds = static_cast<uint32_t>(time - seconds * kSecond);
  const int64_t epoch = (seconds - static_cast<int32_t>(seconds)) >> 32;
  return static_cast<uint32_t>(epoch & 3) | nanoseconds << 2;
}

/// Where a time lies in the record.
struct TimeField {
  size_t seconds;
  size_t extra;
};

const TimeField& FieldOf(Inode::Time which) {
  static constexpr TimeField kFields[] = {
      {offsetof(InodeRecord, access_time), offsetof(InodeRecord, access_time_extra)},
      {offsetof(InodeRecord, modify_time), offsetof(InodeRecord, modify_time_extra)},
      {offsetof(InodeRecord, change_time), offsetof(InodeRecord, change_time_extra)},
      {offsetof(InodeRecord, creation_time), offsetof(InodeRecord, creation_time_extra)},
  };
  return kFields[static_cast<size_t>(which)];
}

/// Whether the record is long enough for the word there.
bool Holds(const Inode& inode, size_t offset) {
  return offset + sizeof(uint32_t) <= kGoodOldInodeSize ||
         inode.HasExtra(offset + sizeof(uint32_t));
}

uint32_t LoadWord(const uint8_t* from) {
  uint32_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

void StoreWord(uint8_t* to, uint32_t word) { std::memcpy(to, &word, sizeof(word)); }

}  // namespace

void Inode::set_size(uint64_t size) {
  record().size_lo = static_cast<uint32_t>(size);
  record().size_hi = static_cast<uint32_t>(size >> 32);
}

void Inode::set_owner(uint32_t uid, uint32_t gid) {
  record().uid_lo = static_cast<uint16_t>(uid);
  record().uid_hi = static_cast<uint16_t>(uid >> 16);
  record().gid_lo = static_cast<uint16_t>(gid);
  record().gid_hi = static_cast<uint16_t>(gid >> 16);
}

void Inode::set_file_acl(uint64_t block) {
  record().file_acl_lo = static_cast<uint32_t>(block);
  record().file_acl_hi = static_cast<uint16_t>(block >> 32);
}

Nanoseconds Inode::time(Time which) const {
  const TimeField& field = FieldOf(which);
  if (!Holds(*this, field.seconds)) return 0;
  const auto* bytes = reinterpret_cast<const uint8_t*>(&record());
  const uint32_t extra = Holds(*this, field.extra) ? LoadWord(bytes + field.extra) : 0;
  return DecodeTime(LoadWord(bytes + field.seconds), extra);
}

void Inode::set_time(Time which, Nanoseconds time) {
  const TimeField& field = FieldOf(which);
  if (!Holds(*this, field.seconds)) return;
  auto* bytes = reinterpret_cast<uint8_t*>(&record());
  StoreWord(bytes + field.seconds, EncodeSeconds(time));
  if (Holds(*this, field.extra)) StoreWord(bytes + field.extra, EncodeExtra(time));
}

}  // namespace elfin::ext
