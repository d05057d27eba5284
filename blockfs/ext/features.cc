#include "blockfs/ext/features.h"

#include <iterator>

namespace elfin::ext {
namespace {

struct Name {
  uint32_t bit;
  const char* name;
};
constexpr Name kIncompatNames[] = {
    {0x1, "compression"},    {0x8, "journal_dev"}, {0x100, "mmp"},
    {0x400, "ea_inode"},     {0x1000, "dirdata"},  {0x4000, "large_dir"},
    {0x8000, "inline_data"}, {0x10000, "encrypt"}, {0x20000, "casefold"},
};
constexpr Name kRoCompatNames[] = {
    {0x80, "snapshot"},    {0x100, "quota"},    {kRoCompatBigalloc, "bigalloc"}, {0x800, "replica"},
    {0x1000, "read-only"}, {0x2000, "project"}, {0x4000, "shared_blocks"},       {0x8000, "verity"},
};

template <size_t kCount>
std::string NamesOf(uint32_t bits, const Name (&names)[kCount]) {
  std::string text;
  const auto add = [&text](const std::string& name) {
    if (!text.empty()) text += ", ";
    text += name;
  };
  for (const Name& name : names) {
    if ((bits & name.bit) != 0) add(name.name);
    bits &= ~name.bit;
  }
  for (uint32_t bit = 0; bit < 32; ++bit) {
    if ((bits >> bit & 1) != 0) add("feature bit " + std::to_string(bit));
  }
  return text;
}

}  // namespace

std::string UnknownIncompatFeatures(const Superblock& superblock) {
  std::string text = NamesOf(superblock.feature_incompat & ~kKnownIncompat, kIncompatNames);
  // Kept among the read-only compatible ones, but block numbers mean something else with it.
  if ((superblock.feature_ro_compat & kRoCompatBigalloc) != 0) {
    text += text.empty() ? "bigalloc" : ", bigalloc";
  }
  return text;
}

std::string UnknownRoCompatFeatures(const Superblock& superblock) {
  return NamesOf(superblock.feature_ro_compat & ~kKnownRoCompat, kRoCompatNames);
}

}  // namespace elfin::ext
