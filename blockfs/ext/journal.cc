#include "blockfs/ext/journal.h"

#include <algorithm>
#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/block_map.h"
#include "runtime/base/log.h"

namespace elfin::ext {

using blockfs::Crc32c;
using blockfs::Crc32cOf;
using blockfs::kCrcStart;

size_t JournalShape::tag_size() const {
  if (has(kJournalIncompatChecksumV3)) return sizeof(JournalTag3);
  size_t size = sizeof(JournalTag);
  if (has(kJournalIncompatChecksumV2)) size += 2;
  return has(kJournalIncompat64Bit) ? size : size - 4;
}

uint32_t JournalShape::BlockChecksum(const uint8_t* block, size_t size, size_t at) const {
  uint32_t crc = Crc32c(checksum_seed, block, at);
  crc = Crc32cOf(crc, uint32_t{0});
  return Crc32c(crc, block + at + 4, size - at - 4);
}

uint32_t JournalShape::DataChecksum(uint32_t sequence, const uint8_t* block, size_t size) const {
  return Crc32c(Crc32cOf(checksum_seed, Big32(sequence)), block, size);
}

Task<Result<JournalShape>> ReadJournalShape(Volume& volume) {
  CO_ASSIGN(const InodePtr inode,
            co_await volume.GetInodeUnchecked(volume.superblock().journal_inode));
  const uint64_t length = inode->size() / volume.block_size();
  if (!inode->is_regular() || length < 64 || length > volume.block_count()) {
    co_return volume.Damaged("the journal's inode");
  }
  JournalShape shape;
  while (shape.blocks.size() < length) {
    CO_ASSIGN(const BlockRun run, co_await MapBlocks(volume, *inode, shape.blocks.size(),
                                                     length - shape.blocks.size()));
    if (run.state != RunState::kWritten) co_return volume.Damaged("the journal has holes");
    for (uint64_t i = 0; i < run.count; ++i) shape.blocks.push_back(run.physical + i);
  }
  CO_TRY(co_await volume.device().Read(shape.blocks[0] * volume.block_size(), &shape.superblock,
                                       sizeof(shape.superblock)));
  const JournalSuperblock& s = shape.superblock;
  if (s.header.magic != kJournalMagic || s.header.type != kJournalSuperblockV2 ||
      s.block_size != volume.block_size() || s.length > length || s.length < 64 || s.first < 1 ||
      s.first >= s.length || (s.start != 0 && (s.start < s.first || s.start >= s.length))) {
    co_return volume.Damaged("the journal's superblock");
  }
  const uint32_t unknown = s.feature_incompat & ~kJournalKnownIncompat;
  if (unknown != 0 || s.feature_ro_compat != 0) {
    Log(LogLevel::kError, "ext filesystem: its journal has unknown features" +
                              std::string((unknown & 0x20) != 0 ? ": fast_commit" : ""));
    co_return Errno::kInval;
  }
  if (shape.has_checksums()) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&s);
    shape.checksum_seed = kCrcStart;
    if (s.checksum_type != kJournalChecksumCrc32c ||
        shape.BlockChecksum(bytes, sizeof(s), offsetof(JournalSuperblock, checksum)) !=
            s.checksum) {
      co_return volume.Damaged("the journal's superblock: wrong checksum");
    }
  }
  shape.checksum_seed = Crc32c(kCrcStart, s.uuid, sizeof(s.uuid));
  shape.first = s.first;
  shape.end = s.length;
  co_return shape;
}

Task<Status> WriteJournalSuperblock(Volume& volume, JournalShape& shape) {
  JournalSuperblock& s = shape.superblock;
  if (shape.has_checksums()) {
    uint32_t crc = Crc32c(kCrcStart, &s, offsetof(JournalSuperblock, checksum));
    crc = Crc32cOf(crc, uint32_t{0});
    s.checksum = Crc32c(crc, s.user_uuids, sizeof(s.user_uuids));
  }
  return volume.device().Write(shape.blocks[0] * volume.block_size(), &s, sizeof(s));
}

Task<Result<std::unique_ptr<Journal>>> Journal::Open(Volume& volume) {
  CO_ASSIGN(JournalShape shape, co_await ReadJournalShape(volume));
  co_return std::unique_ptr<Journal>(new Journal(volume, std::move(shape)));
}

Task<Status> Journal::Start() {
  JournalSuperblock& s = shape_.superblock;
  // As Linux does when it mounts: the log is empty, so its format can still be chosen.
  uint32_t incompat = s.feature_incompat | kJournalIncompatRevoke;
  if (volume_.has_incompat(kIncompat64Bit)) incompat |= kJournalIncompat64Bit;
  if (volume_.has_metadata_checksum()) {
    incompat &= ~kJournalIncompatChecksumV2;
    incompat |= kJournalIncompatChecksumV3;
    s.feature_compat = s.feature_compat & ~kJournalCompatChecksum;
    s.checksum_type = kJournalChecksumCrc32c;
  }
  s.feature_incompat = incompat & ~kJournalIncompatAsyncCommit;
  sequence_ = std::max<uint32_t>(s.sequence, 1);
  head_ = shape_.first;
  s.start = head_;
  s.sequence = sequence_;
  CO_TRY(co_await WriteJournalSuperblock(volume_, shape_));
  co_return co_await volume_.device().Flush();
}

uint8_t* Journal::AddBlock(uint32_t type, std::vector<uint8_t>& log) const {
  log.resize(log.size() + volume_.block_size());
  uint8_t* block = &log[log.size() - volume_.block_size()];
  *reinterpret_cast<JournalHeader*>(block) = {kJournalMagic, type, sequence_};
  return block;
}

void Journal::AddRevokes(const std::set<uint64_t>& revoked, std::vector<uint8_t>& log) const {
  const size_t size = volume_.block_size();
  const size_t width = shape_.has(kJournalIncompat64Bit) ? 8 : 4;
  const size_t end = size - (shape_.has_checksums() ? 4 : 0);
  auto next = revoked.begin();
  while (next != revoked.end()) {
    uint8_t* block = AddBlock(kJournalRevoke, log);
    size_t at = sizeof(JournalRevokeHeader);
    for (; next != revoked.end() && at + width <= end; ++next, at += width) {
      if (width == 8) {
        const Big64 number(*next);
        std::memcpy(block + at, &number, width);
      } else {
        const Big32 number(static_cast<uint32_t>(*next));
        std::memcpy(block + at, &number, width);
      }
    }
    reinterpret_cast<JournalRevokeHeader*>(block)->size = static_cast<uint32_t>(at);
    if (shape_.has_checksums()) {
      const Big32 checksum(shape_.BlockChecksum(block, size, size - 4));
      std::memcpy(block + size - 4, &checksum, 4);
    }
  }
}

void Journal::AddDescriptors(const std::vector<BlockPtr>& blocks, std::vector<uint8_t>& log) const {
  const size_t size = volume_.block_size();
  const size_t end = size - (shape_.has_checksums() ? 4 : 0);
  const bool v3 = shape_.has(kJournalIncompatChecksumV3);
  size_t next = 0;
  while (next < blocks.size()) {
    const size_t descriptor = log.size();
    AddBlock(kJournalDescriptor, log);
    // The first tag is followed by the journal's UUID, which the others share.
    const size_t room = (end - sizeof(JournalHeader) - 16) / shape_.tag_size();
    const size_t count = std::min(room, blocks.size() - next);
    size_t at = sizeof(JournalHeader);
    for (size_t i = 0; i < count; ++i, ++next) {
      const uint64_t number = blocks[next]->number;
      const size_t copy = log.size();
      log.insert(log.end(), blocks[next]->data(), blocks[next]->data() + size);
      uint32_t flags = (i > 0 ? kTagSameUuid : 0) | (i + 1 == count ? kTagLast : 0);
      const Big32 magic(kJournalMagic);
      if (std::memcmp(&log[copy], &magic, 4) == 0) {
        std::memset(&log[copy], 0, 4);
        flags |= kTagEscaped;
      }
      const uint32_t checksum =
          shape_.has_checksums() ? shape_.DataChecksum(sequence_, &log[copy], size) : 0;
      if (v3) {
        const JournalTag3 tag{static_cast<uint32_t>(number), flags,
                              static_cast<uint32_t>(number >> 32), checksum};
        std::memcpy(&log[descriptor + at], &tag, sizeof(tag));
      } else {
        const JournalTag tag{static_cast<uint32_t>(number), static_cast<uint16_t>(checksum),
                             static_cast<uint16_t>(flags), static_cast<uint32_t>(number >> 32)};
        std::memcpy(&log[descriptor + at], &tag, std::min(sizeof(tag), shape_.tag_size()));
      }
      at += shape_.tag_size();
      if (i == 0) {
        std::memcpy(&log[descriptor + at], shape_.superblock.uuid, 16);
        at += 16;
      }
    }
    if (shape_.has_checksums()) {
      const Big32 checksum(shape_.BlockChecksum(&log[descriptor], size, size - 4));
      std::memcpy(&log[descriptor + size - 4], &checksum, 4);
    }
  }
}

Task<Status> Journal::WriteLog(const std::vector<uint8_t>& bytes) {
  const size_t size = volume_.block_size();
  for (size_t done = 0; done < bytes.size();) {
    // As many at once as lie one after the other.
    const uint64_t place = shape_.blocks[head_];
    size_t count = 0;
    do {
      head_ = shape_.Next(head_);
      ++count;
    } while (done + count * size < bytes.size() && shape_.blocks[head_] == place + count);
    CO_TRY(co_await volume_.device().Write(place * size, &bytes[done], count * size));
    done += count * size;
  }
  co_return kOk;
}

Task<Status> Journal::Commit(const std::vector<BlockPtr>& blocks,
                             const std::set<uint64_t>& revoked) {
  std::vector<uint8_t> log;
  log.reserve((blocks.size() + 2) * volume_.block_size());  // as many as a short commit has
  AddRevokes(revoked, log);
  AddDescriptors(blocks, log);
  const size_t count = log.size() / volume_.block_size() + 1;
  if (used_ + count >= shape_.end - shape_.first) co_return Errno::kNoSpc;
  CO_TRY(co_await WriteLog(log));
  CO_TRY(co_await volume_.device().Flush());
  std::vector<uint8_t> commit;
  auto* record = reinterpret_cast<JournalCommitBlock*>(AddBlock(kJournalCommit, commit));
  const Nanoseconds now = std::max<Nanoseconds>(volume_.Now(), 0);
  const auto seconds = static_cast<uint64_t>(now / 1'000'000'000);
  record->seconds_hi = static_cast<uint32_t>(seconds >> 32);
  record->seconds_lo = static_cast<uint32_t>(seconds);
  record->nanoseconds = static_cast<uint32_t>(now % 1'000'000'000);
  if (shape_.has_checksums()) {
    record->checksum[0] =
        shape_.BlockChecksum(commit.data(), commit.size(), offsetof(JournalCommitBlock, checksum));
  }
  CO_TRY(co_await WriteLog(commit));
  CO_TRY(co_await volume_.device().Flush());
  used_ += count;
  ++sequence_;
  co_return kOk;
}

Task<Status> Journal::CheckpointIfLong() {
  if (used_ < (shape_.end - shape_.first) / 4) co_return kOk;
  CO_TRY(co_await volume_.cache().WriteBack());
  CO_TRY(co_await volume_.device().Flush());
  shape_.superblock.start = head_;
  shape_.superblock.sequence = sequence_;
  CO_TRY(co_await WriteJournalSuperblock(volume_, shape_));
  CO_TRY(co_await volume_.device().Flush());
  used_ = 0;
  co_return kOk;
}

Task<Status> Journal::Stop() {
  CO_TRY(co_await volume_.cache().WriteBack());
  CO_TRY(co_await volume_.device().Flush());
  shape_.superblock.start = 0;
  shape_.superblock.sequence = sequence_;
  CO_TRY(co_await WriteJournalSuperblock(volume_, shape_));
  co_return co_await volume_.device().Flush();
}

}  // namespace elfin::ext
