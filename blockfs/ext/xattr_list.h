// A list of extended attributes as bytes: what an inode's record and an attribute block have in
// common (xattr_record.h). Knows no volume.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "blockfs/ext/xattr_record.h"
#include "runtime/base/result.h"

namespace elfin::ext {

struct StoredAttribute {
  uint8_t index = 0;  // of the name's prefix
  std::string name;   // without it
  std::string value;
};
using AttributeList = std::vector<StoredAttribute>;

/// Where a list lies: `space` bytes from the first entry on, of which values may use the end.
/// Value offsets count from `values_base` bytes before the first entry.
struct AttributeSpace {
  uint8_t* first;
  size_t space;
  size_t values_base;
};

/// nullptr: none that is known.
const char* AttributePrefix(uint8_t index);
/// The index and the rest of a name; nullopt: it has no prefix that is known.
std::optional<StoredAttribute> SplitAttributeName(std::string_view name);

/// Errors: kUClean.
Result<AttributeList> ParseAttributes(const AttributeSpace& from);
bool AttributesFit(const AttributeList& list, size_t space);
/// In the order that Linux looks for them. Precondition: they fit. Returns the hash over the hashes
/// of all entries, which a block's header has.
uint32_t PackAttributes(AttributeList list, const AttributeSpace& to);

}  // namespace elfin::ext
