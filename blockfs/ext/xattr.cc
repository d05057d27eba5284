#include "blockfs/ext/xattr.h"

#include <algorithm>
#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/block_allocation.h"
#include "blockfs/ext/xattr_list.h"

namespace elfin::ext {
namespace {

std::string Described(const Inode& inode) {
  return "inode " + std::to_string(inode.number()) + ": attributes";
}

uint32_t BlockChecksum(const Volume& volume, CachedBlock& block) {
  uint32_t crc = blockfs::Crc32cOf(volume.checksum_seed(), block.number);
  constexpr size_t kAt = offsetof(XattrBlockHeader, checksum);
  crc = blockfs::Crc32c(crc, block.data(), kAt);
  crc = blockfs::Crc32cOf(crc, uint32_t{0});
  return blockfs::Crc32c(crc, block.data() + kAt + 4, volume.block_size() - kAt - 4);
}

void SealBlock(Volume& volume, const BlockPtr& block) {
  auto* header = block->As<XattrBlockHeader>();
  header->checksum = volume.has_metadata_checksum() ? BlockChecksum(volume, *block) : 0;
  volume.JournalBlock(block);
}

Task<Result<BlockPtr>> GetAttributeBlock(Volume& volume, const Inode& inode, uint64_t number) {
  const std::string name = Described(inode);
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

AttributeSpace SpaceOf(const Volume& volume, CachedBlock& block) {
  constexpr size_t kAt = sizeof(XattrBlockHeader);
  return {block.data() + kAt, volume.block_size() - kAt, kAt};
}

/// Behind the record and the magic number; nullopt: the inode is too small to hold any.
std::optional<AttributeSpace> SpaceOf(Inode& inode) {
  std::vector<uint8_t>& bytes = inode.bytes();
  if (bytes.size() <= kGoodOldInodeSize) return std::nullopt;
  const size_t at = kGoodOldInodeSize + inode.record().extra_isize + sizeof(kXattrMagic);
  if (at + sizeof(XattrEntry) > bytes.size()) return std::nullopt;
  return AttributeSpace{&bytes[at], bytes.size() - at, 0};
}

uint8_t* MagicOf(const AttributeSpace& in_inode) { return in_inode.first - sizeof(kXattrMagic); }

struct InodeAttributes {
  AttributeList in_inode;
  AttributeList in_block;
};

Task<Result<InodeAttributes>> Load(Volume& volume, Inode& inode) {
  InodeAttributes found;
  const auto take = [&](const AttributeSpace& space, AttributeList& to) -> Status {
    Result<AttributeList> list = ParseAttributes(space);
    if (!list.ok()) return volume.Damaged(Described(inode));
    to = std::move(*list);
    return kOk;
  };
  if (const auto space = SpaceOf(inode)) {
    if (std::memcmp(MagicOf(*space), &kXattrMagic, sizeof(kXattrMagic)) == 0) {
      CO_TRY(take(*space, found.in_inode));
    }
  }
  if (inode.file_acl() != 0) {
    CO_ASSIGN(const BlockPtr block, co_await GetAttributeBlock(volume, inode, inode.file_acl()));
    CO_TRY(take(SpaceOf(volume, *block), found.in_block));
  }
  co_return found;
}

void StoreInInode(Inode& inode, const AttributeList& list) {
  const auto space = SpaceOf(inode);
  if (!space) return;
  const uint32_t magic = list.empty() ? 0 : kXattrMagic;
  std::memcpy(MagicOf(*space), &magic, sizeof(magic));
  PackAttributes(list, *space);
}

/// In the inode's own block, or in a new one where others share the old.
Task<Status> StoreInBlock(Volume& volume, Inode& inode, const AttributeList& list) {
  const uint64_t old = inode.file_acl();
  if (list.empty()) {
    if (old == 0) co_return kOk;
    CO_TRY(co_await DropAttributeBlock(volume, inode, old));
    inode.set_file_acl(0);
    co_return kOk;
  }
  BlockPtr block;
  if (old != 0) {
    CO_ASSIGN(block, co_await GetAttributeBlock(volume, inode, old));
    if (block->As<XattrBlockHeader>()->reference_count > 1) block = nullptr;
  }
  if (block == nullptr) {
    CO_ASSIGN(const uint64_t number,
              co_await AllocateMetadata(volume, inode, InodeGoal(volume, inode)));
    block = volume.cache().GetZeroed(number);
    block->verified = true;
    if (old != 0) CO_TRY(co_await DropAttributeBlock(volume, inode, old));
    inode.set_file_acl(number);
  }
  auto* header = block->As<XattrBlockHeader>();
  *header = {};
  header->magic = kXattrMagic;
  header->reference_count = 1;
  header->blocks = 1;
  header->hash = PackAttributes(list, SpaceOf(volume, *block));
  SealBlock(volume, block);
  co_return kOk;
}

/// Takes it out of a list; whether it was there.
bool Take(AttributeList& list, const StoredAttribute& which) {
  return std::erase_if(list, [&](const StoredAttribute& each) {
           return each.index == which.index && each.name == which.name;
         }) != 0;
}

/// Puts it into the first of the lists that has room.
Status Place(const Volume& volume, Inode& inode, InodeAttributes& to, StoredAttribute attribute) {
  if (const auto space = SpaceOf(inode)) {
    to.in_inode.push_back(attribute);
    if (AttributesFit(to.in_inode, space->space)) return kOk;
    to.in_inode.pop_back();
  }
  to.in_block.push_back(std::move(attribute));
  const bool fits = AttributesFit(to.in_block, volume.block_size() - sizeof(XattrBlockHeader));
  return fits ? Status(kOk) : Status(Errno::kNoSpc);
}

}  // namespace

Task<Result<std::vector<Attribute>>> ListAttributes(Volume& volume, Inode& inode) {
  CO_ASSIGN(InodeAttributes found, co_await Load(volume, inode));
  std::vector<Attribute> list;
  for (AttributeList* from : {&found.in_inode, &found.in_block}) {
    for (StoredAttribute& each : *from) {
      const char* prefix = AttributePrefix(each.index);
      if (prefix != nullptr) list.push_back({prefix + each.name, std::move(each.value)});
    }
  }
  co_return list;
}

Task<Status> SetAttribute(Volume& volume, Inode& inode, std::string_view name,
                          std::optional<std::string_view> value, AttributeSetting how) {
  std::optional<StoredAttribute> attribute = SplitAttributeName(name);
  if (!attribute) co_return Errno::kOpNotSupp;
  CO_ASSIGN(InodeAttributes all, co_await Load(volume, inode));
  const bool was_in_inode = Take(all.in_inode, *attribute);
  const bool was_in_block = Take(all.in_block, *attribute);
  const bool was_there = was_in_inode || was_in_block;
  if (was_there && how == AttributeSetting::kCreate) co_return Errno::kExist;
  if (!was_there && (how == AttributeSetting::kReplace || !value)) co_return Errno::kNoData;
  const size_t others_in_block = all.in_block.size();
  if (value) {
    attribute->value = *value;
    CO_TRY(Place(volume, inode, all, std::move(*attribute)));
  }
  // The block first: it alone may find no room.
  if (was_in_block || all.in_block.size() != others_in_block) {
    CO_TRY(co_await StoreInBlock(volume, inode, all.in_block));
  }
  StoreInInode(inode, all.in_inode);
  if (!volume.has_compat(kCompatExtAttr)) {
    volume.superblock().feature_compat |= kCompatExtAttr;
    volume.SuperblockChanged();
  }
  inode.set_time(Inode::Time::kChange, volume.Now());
  co_return co_await volume.SaveInode(inode);
}

Task<Status> DropAttributeBlock(Volume& volume, Inode& inode, uint64_t number) {
  CO_ASSIGN(const BlockPtr block, co_await GetAttributeBlock(volume, inode, number));
  auto* header = block->As<XattrBlockHeader>();
  if (header->reference_count <= 1) co_return co_await FreeMetadata(volume, inode, number);
  --header->reference_count;
  SealBlock(volume, block);
  ChargeInode(volume, inode, -1);
  co_return kOk;
}

}  // namespace elfin::ext
