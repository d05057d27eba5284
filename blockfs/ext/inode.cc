#include "blockfs/ext/inode.h"

#include <algorithm>

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
  const InodeRecord& now = record();
  const auto decode = [this](uint32_t seconds, const uint32_t& extra, size_t offset) {
    return DecodeTime(seconds, HasExtra(offset + 4) ? extra : 0);
  };
  switch (which) {
    case Time::kAccess:
      return decode(now.access_time, now.access_time_extra,
                    offsetof(InodeRecord, access_time_extra));
    case Time::kModify:
      return decode(now.modify_time, now.modify_time_extra,
                    offsetof(InodeRecord, modify_time_extra));
    case Time::kChange:
      return decode(now.change_time, now.change_time_extra,
                    offsetof(InodeRecord, change_time_extra));
    case Time::kCreation:
      return has_creation_time() ? decode(now.creation_time, now.creation_time_extra,
                                          offsetof(InodeRecord, creation_time_extra))
                                 : 0;
  }
  return 0;
}

void Inode::set_time(Time which, Nanoseconds time) {
  InodeRecord& now = record();
  const auto encode = [this, time](uint32_t& seconds, uint32_t& extra, size_t offset) {
    seconds = EncodeSeconds(time);
    if (HasExtra(offset + 4)) extra = EncodeExtra(time);
  };
  switch (which) {
    case Time::kAccess:
      return encode(now.access_time, now.access_time_extra,
                    offsetof(InodeRecord, access_time_extra));
    case Time::kModify:
      return encode(now.modify_time, now.modify_time_extra,
                    offsetof(InodeRecord, modify_time_extra));
    case Time::kChange:
      return encode(now.change_time, now.change_time_extra,
                    offsetof(InodeRecord, change_time_extra));
    case Time::kCreation:
      if (!has_creation_time()) return;
      return encode(now.creation_time, now.creation_time_extra,
                    offsetof(InodeRecord, creation_time_extra));
  }
}

}  // namespace elfin::ext
