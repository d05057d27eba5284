#include "blockfs/ext/xattr.h"

#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/block_allocation.h"
#include "blockfs/ext/xattr_record.h"

namespace elfin::ext {
namespace {

const char* PrefixOf(uint8_t index) {
  constexpr const char* kPrefixes[] = {"",
                                       "user.",
                                       "system.posix_acl_access",
                                       "system.posix_acl_default",
                                       "trusted.",
                                       nullptr,
                                       "security.",
                                       "system.",
                                       "system.richacl"};
  return index < std::size(kPrefixes) ? kPrefixes[index] : nullptr;
}

/// `values`: what value offsets count from.
Status ReadEntries(const uint8_t* entries, size_t entries_size, const uint8_t* values,
                   size_t values_size, std::vector<Attribute>& to) {
  size_t at = 0;
  while (at + 4 <= entries_size) {
    uint32_t end_mark = 0;
    std::memcpy(&end_mark, entries + at, 4);
    if (end_mark == 0) return kOk;
    if (at + sizeof(XattrEntry) > entries_size) return Errno::kUClean;
    XattrEntry entry;
    std::memcpy(&entry, entries + at, sizeof(entry));
    at += sizeof(entry);
    if (entry.name_length > entries_size - at || entry.value_inode != 0 ||
        entry.value_offset > values_size || entry.value_size > values_size - entry.value_offset) {
      return Errno::kUClean;
    }
    if (const char* prefix = PrefixOf(entry.name_index)) {
      Attribute attribute;
      attribute.name = prefix;
      attribute.name.append(reinterpret_cast<const char*>(entries + at), entry.name_length);
      attribute.value.assign(reinterpret_cast<const char*>(values + entry.value_offset),
                             entry.value_size);
      to.push_back(std::move(attribute));
    }
    at += (entry.name_length + 3u) & ~3u;
  }
  return kOk;
}

uint32_t BlockChecksum(const Volume& volume, CachedBlock& block) {
  uint32_t crc = blockfs::Crc32cOf(volume.checksum_seed(), block.number);
  constexpr size_t kAt = offsetof(XattrBlockHeader, checksum);
  crc = blockfs::Crc32c(crc, block.data(), kAt);
  crc = blockfs::Crc32cOf(crc, uint32_t{0});
  return blockfs::Crc32c(crc, block.data() + kAt + 4, volume.block_size() - kAt - 4);
}

Task<Result<BlockPtr>> GetAttributeBlock(Volume& volume, const Inode& inode, uint64_t number) {
  const std::string name = "inode " + std::to_string(inode.number()) + ": attributes";
  if (!volume.ValidData(number, 1)) co_return volume.Damaged(name);
  CO_ASSIGN(BlockPtr block, co_await volume.GetBlock(number));
  const auto* header = block->As<XattrBlockHeader>();
  if (header->magic != kXattrMagic || header->blocks != 1) co_return volume.Damaged(name);
  if (volume.has_metadata_checksum() && !block->verified) {
    if (header->checksum != BlockChecksum(volume, *block)) {
      co_return volume.Damaged(name + ": wrong checksum");
    }
    block->verified = true;
  }
  co_return block;
}

}  // namespace

Task<Result<std::vector<Attribute>>> ListAttributes(Volume& volume, Inode& inode) {
  std::vector<Attribute> list;
  const std::string name = "inode " + std::to_string(inode.number()) + ": attributes";
  const std::vector<uint8_t>& bytes = inode.bytes();
  if (bytes.size() > kGoodOldInodeSize) {
    const size_t at = kGoodOldInodeSize + inode.record().extra_isize;
    uint32_t magic = 0;
    if (at + 4 <= bytes.size()) std::memcpy(&magic, &bytes[at], 4);
    if (magic == kXattrMagic) {
      const size_t size = bytes.size() - at - 4;
      const uint8_t* first = bytes.data() + at + 4;
      if (!ReadEntries(first, size, first, size, list).ok()) co_return volume.Damaged(name);
    }
  }
  if (inode.file_acl() != 0) {
    CO_ASSIGN(const BlockPtr block, co_await GetAttributeBlock(volume, inode, inode.file_acl()));
    constexpr size_t kAt = sizeof(XattrBlockHeader);
    if (!ReadEntries(block->data() + kAt, volume.block_size() - kAt, block->data(),
                     volume.block_size(), list)
             .ok()) {
      co_return volume.Damaged(name);
    }
  }
  co_return list;
}

Task<Status> DropAttributeBlock(Volume& volume, Inode& inode, uint64_t number) {
  CO_ASSIGN(const BlockPtr block, co_await GetAttributeBlock(volume, inode, number));
  auto* header = block->As<XattrBlockHeader>();
  if (header->reference_count <= 1) co_return co_await FreeMetadata(volume, inode, number);
  --header->reference_count;
  header->checksum = volume.has_metadata_checksum() ? BlockChecksum(volume, *block) : 0;
  volume.JournalBlock(block);
  ChargeInode(volume, inode, -1);
  co_return kOk;
}

}  // namespace elfin::ext
