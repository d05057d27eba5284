#include "blockfs/ext/journal_replay.h"

#include <cstring>
#include <unordered_map>

#include "blockfs/ext/journal.h"
#include "runtime/base/log.h"

namespace elfin::ext {
namespace {

/// One tag of a descriptor: the log's block `log_block` belongs at `target`.
struct Tag {
  uint64_t target = 0;
  uint32_t flags = 0;
  uint32_t checksum = 0;
  bool last = false;
};

enum class Pass { kScan, kRevoke, kReplay };

class Replay {
 public:
  Replay(Volume& volume, JournalShape& shape)
      : volume_(volume), shape_(shape), size_(volume.block_size()), block_(size_), data_(size_) {}

  Task<Status> Run() {
    for (const Pass pass : {Pass::kScan, Pass::kRevoke, Pass::kReplay}) {
      CO_TRY(co_await RunPass(pass));
    }
    co_return kOk;
  }
  uint32_t end_sequence() const { return end_sequence_; }
  uint64_t replayed() const { return replayed_; }

 private:
  Task<Status> ReadLog(uint32_t log_block, std::vector<uint8_t>& to) {
    return volume_.device().Read(shape_.blocks[log_block] * size_, to.data(), size_);
  }
  bool GoodTail() const {
    if (!shape_.has_checksums()) return true;
    Big32 checksum;
    std::memcpy(&checksum, &block_[size_ - 4], 4);
    return shape_.BlockChecksum(block_.data(), size_, size_ - 4) == checksum;
  }
  bool GoodCommit() const {
    if (!shape_.has_checksums()) return true;
    const auto* commit = reinterpret_cast<const JournalCommitBlock*>(block_.data());
    return shape_.BlockChecksum(block_.data(), size_, offsetof(JournalCommitBlock, checksum)) ==
           commit->checksum[0];
  }

  /// The tags of the descriptor in block_.
  std::vector<Tag> Tags() const {
    std::vector<Tag> tags;
    const size_t end = size_ - (shape_.has_checksums() ? 4 : 0);
    size_t at = sizeof(JournalHeader);
    while (at + shape_.tag_size() <= end) {
      Tag tag;
      if (shape_.has(kJournalIncompatChecksumV3)) {
        JournalTag3 record;
        std::memcpy(&record, &block_[at], sizeof(record));
        tag.target = record.block_lo;
        if (shape_.has(kJournalIncompat64Bit)) tag.target |= uint64_t{record.block_hi} << 32;
        tag.flags = record.flags;
        tag.checksum = record.checksum;
      } else {
        JournalTag record{};
        std::memcpy(&record, &block_[at], std::min(sizeof(record), shape_.tag_size()));
        tag.target = record.block_lo;
        if (shape_.has(kJournalIncompat64Bit)) tag.target |= uint64_t{record.block_hi} << 32;
        tag.flags = record.flags;
        tag.checksum = record.checksum;
      }
      tags.push_back(tag);
      at += shape_.tag_size();
      if ((tag.flags & kTagSameUuid) == 0) at += 16;
      if ((tag.flags & kTagLast) != 0) break;
    }
    return tags;
  }

  bool GoodData(uint32_t sequence, const Tag& tag) const {
    if (!shape_.has_checksums()) return true;
    const uint32_t checksum = shape_.DataChecksum(sequence, data_.data(), size_);
    if (shape_.has(kJournalIncompatChecksumV3)) return checksum == tag.checksum;
    return static_cast<uint16_t>(checksum) == static_cast<uint16_t>(tag.checksum);
  }

  void NoteRevokes(uint32_t sequence) {
    const auto* header = reinterpret_cast<const JournalRevokeHeader*>(block_.data());
    const size_t width = shape_.has(kJournalIncompat64Bit) ? 8 : 4;
    const size_t end = std::min<size_t>(header->size, size_ - (shape_.has_checksums() ? 4 : 0));
    for (size_t at = sizeof(*header); at + width <= end; at += width) {
      uint64_t number = 0;
      if (width == 8) {
        Big64 record;
        std::memcpy(&record, &block_[at], 8);
        number = record;
      } else {
        Big32 record;
        std::memcpy(&record, &block_[at], 4);
        number = record;
      }
      revoked_[number] = sequence;  // sequences only grow here
    }
  }

  bool Revoked(uint64_t block, uint32_t sequence) const {
    const auto found = revoked_.find(block);
    return found != revoked_.end() && static_cast<int32_t>(found->second - sequence) >= 0;
  }

  Task<Status> ReplayBlocks(const std::vector<Tag>& tags, uint32_t log_block, uint32_t sequence) {
    for (const Tag& tag : tags) {
      if (!Revoked(tag.target, sequence)) {
        CO_TRY(co_await ReadLog(log_block, data_));
        if (!GoodData(sequence, tag)) co_return volume_.Damaged("a block in the journal");
        if (tag.target >= volume_.block_count())
          co_return volume_.Damaged("a number in the journal");
        if ((tag.flags & kTagEscaped) != 0) {
          const Big32 magic(kJournalMagic);
          std::memcpy(data_.data(), &magic, 4);
        }
        CO_TRY(co_await volume_.device().Write(tag.target * size_, data_.data(), size_));
        ++replayed_;
      }
      log_block = shape_.Next(log_block);
    }
    co_return kOk;
  }

  /// Goes through the log from its start; the first pass finds where it ends: at the first block
  /// that isn't of the sequence, or is damaged.
  Task<Status> RunPass(Pass pass) {
    uint32_t block = shape_.superblock.start;
    uint32_t sequence = shape_.superblock.sequence;
    const uint32_t ring = shape_.end - shape_.first;
    for (uint32_t seen = 0; seen < ring;) {
      if (pass != Pass::kScan && sequence == end_sequence_) co_return kOk;
      CO_TRY(co_await ReadLog(block, block_));
      const auto* header = reinterpret_cast<const JournalHeader*>(block_.data());
      if (header->magic != kJournalMagic || header->sequence != sequence) break;
      ++seen;
      const uint32_t next = shape_.Next(block);
      if (header->type == kJournalDescriptor) {
        if (!GoodTail()) break;
        const std::vector<Tag> tags = Tags();
        if (pass == Pass::kReplay) CO_TRY(co_await ReplayBlocks(tags, next, sequence));
        if (tags.size() > ring - seen) break;
        seen += static_cast<uint32_t>(tags.size());
        block = shape_.first + (next - shape_.first + static_cast<uint32_t>(tags.size())) % ring;
      } else if (header->type == kJournalRevoke) {
        if (!GoodTail()) break;
        if (pass == Pass::kRevoke) NoteRevokes(sequence);
        block = next;
      } else if (header->type == kJournalCommit) {
        if (!GoodCommit()) break;
        ++sequence;
        block = next;
        if (pass == Pass::kScan) end_sequence_ = sequence;
      } else {
        break;
      }
    }
    if (pass == Pass::kScan && end_sequence_ == 0) end_sequence_ = shape_.superblock.sequence;
    co_return kOk;
  }

  Volume& volume_;
  JournalShape& shape_;
  const size_t size_;
  std::vector<uint8_t> block_;
  std::vector<uint8_t> data_;
  std::unordered_map<uint64_t, uint32_t> revoked_;
  uint32_t end_sequence_ = 0;
  uint64_t replayed_ = 0;
};

}  // namespace

Task<Status> ReplayJournal(Volume& volume) {
  CO_ASSIGN(JournalShape shape, co_await ReadJournalShape(volume));
  if (shape.superblock.start != 0) {
    Replay replay(volume, shape);
    CO_TRY(co_await replay.Run());
    Log(LogLevel::kInfo,
        "ext filesystem: replayed " + std::to_string(replay.replayed()) + " blocks of its journal");
    CO_TRY(co_await volume.device().Flush());
    // As jbd2: one number is left out, so that what is left in the log never seems to go on.
    shape.superblock.sequence = replay.end_sequence() + 1;
    shape.superblock.start = 0;
    CO_TRY(co_await WriteJournalSuperblock(volume, shape));
    CO_TRY(co_await volume.device().Flush());
  }
  co_return kOk;
}

}  // namespace elfin::ext
