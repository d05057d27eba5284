#include "blockfs/ext/xattr_list.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

namespace elfin::ext {
namespace {

constexpr const char* kPrefixes[] = {"",
                                     "user.",
                                     "system.posix_acl_access",
                                     "system.posix_acl_default",
                                     "trusted.",
                                     nullptr,
                                     "security.",
                                     "system.",
                                     "system.richacl"};
constexpr size_t kEndMark = 4;

size_t Padded(size_t size) { return (size + 3) & ~size_t{3}; }

/// e_hash: over the name's bytes, then over the value's words.
uint32_t EntryHash(const StoredAttribute& attribute) {
  uint32_t hash = 0;
  for (const char c : attribute.name) hash = std::rotl(hash, 5) ^ static_cast<uint8_t>(c);
  for (size_t at = 0; at < attribute.value.size(); at += 4) {
    uint32_t word = 0;
    std::memcpy(&word, attribute.value.data() + at,
                std::min<size_t>(4, attribute.value.size() - at));
    hash = std::rotl(hash, 16) ^ word;
  }
  return hash;
}

}  // namespace

const char* AttributePrefix(uint8_t index) {
  return index < std::size(kPrefixes) ? kPrefixes[index] : nullptr;
}

std::optional<StoredAttribute> SplitAttributeName(std::string_view name) {
  for (const uint8_t index : {1, 4, 6}) {
    const std::string_view prefix = kPrefixes[index];
    if (name.size() > prefix.size() && name.substr(0, prefix.size()) == prefix) {
      return StoredAttribute{index, std::string(name.substr(prefix.size())), {}};
    }
  }
  return std::nullopt;
}

Result<AttributeList> ParseAttributes(const AttributeSpace& from) {
  AttributeList list;
  const uint8_t* const values = from.first - from.values_base;
  const size_t values_size = from.space + from.values_base;
  size_t at = 0;
  while (at + kEndMark <= from.space) {
    uint32_t end_mark = 0;
    std::memcpy(&end_mark, from.first + at, kEndMark);
    if (end_mark == 0) break;
    if (at + sizeof(XattrEntry) > from.space) return Errno::kUClean;
    XattrEntry entry;
    std::memcpy(&entry, from.first + at, sizeof(entry));
    at += sizeof(entry);
    if (entry.name_length > from.space - at || entry.value_inode != 0 ||
        entry.value_offset > values_size || entry.value_size > values_size - entry.value_offset) {
      return Errno::kUClean;
    }
    list.push_back(
        {entry.name_index,
         {reinterpret_cast<const char*>(from.first + at), entry.name_length},
         {reinterpret_cast<const char*>(values + entry.value_offset), entry.value_size}});
    at += Padded(entry.name_length);
  }
  return list;
}

bool AttributesFit(const AttributeList& list, size_t space) {
  size_t taken = kEndMark;
  for (const StoredAttribute& each : list) {
    taken += sizeof(XattrEntry) + Padded(each.name.size()) + Padded(each.value.size());
  }
  return taken <= space;
}

uint32_t PackAttributes(AttributeList list, const AttributeSpace& to) {
  std::sort(list.begin(), list.end(), [](const StoredAttribute& a, const StoredAttribute& b) {
    return std::forward_as_tuple(a.index, a.name.size(), a.name) <
           std::forward_as_tuple(b.index, b.name.size(), b.name);
  });
  std::memset(to.first, 0, to.space);
  uint8_t* entry_at = to.first;
  uint8_t* value_at = to.first + to.space;
  uint32_t hash = 0;
  for (const StoredAttribute& each : list) {
    XattrEntry entry{};
    entry.name_length = static_cast<uint8_t>(each.name.size());
    entry.name_index = each.index;
    entry.value_size = static_cast<uint32_t>(each.value.size());
    entry.hash = EntryHash(each);
    if (!each.value.empty()) {
      value_at -= Padded(each.value.size());
      entry.value_offset = static_cast<uint16_t>(value_at - to.first + to.values_base);
      std::memcpy(value_at, each.value.data(), each.value.size());
    }
    std::memcpy(entry_at, &entry, sizeof(entry));
    std::memcpy(entry_at + sizeof(entry), each.name.data(), each.name.size());
    entry_at += sizeof(entry) + Padded(each.name.size());
    hash = std::rotl(hash, 16) ^ entry.hash;
  }
  return hash;
}

}  // namespace elfin::ext
