// The journal on disk: "Journal (jbd2)". Big-endian, unlike everything else.
//
// A transaction is: revoke blocks, then descriptor blocks, each followed by the blocks that its
// tags name, and at last a commit block. All carry the transaction's sequence number.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::ext {

/// A big-endian number as it stands on disk.
template <class T>
class BigEndian {
 public:
  BigEndian() = default;
  BigEndian(T value) : raw_(Swap(value)) {}  // NOLINT(google-explicit-constructor)
  operator T() const { return Swap(raw_); }  // NOLINT(google-explicit-constructor)

 private:
  static T Swap(T value) {
    if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(value));
    if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(value));
    return static_cast<T>(__builtin_bswap16(value));
  }
  T raw_;
};
using Big16 = BigEndian<uint16_t>;
using Big32 = BigEndian<uint32_t>;
using Big64 = BigEndian<uint64_t>;

inline constexpr uint32_t kJournalMagic = 0xc03b3998;

inline constexpr uint32_t kJournalDescriptor = 1;
inline constexpr uint32_t kJournalCommit = 2;
inline constexpr uint32_t kJournalSuperblockV1 = 3;
inline constexpr uint32_t kJournalSuperblockV2 = 4;
inline constexpr uint32_t kJournalRevoke = 5;

struct JournalHeader {
  Big32 magic;
  Big32 type;
  Big32 sequence;
};

inline constexpr uint32_t kJournalIncompatRevoke = 1;
inline constexpr uint32_t kJournalIncompat64Bit = 2;
inline constexpr uint32_t kJournalIncompatAsyncCommit = 4;
inline constexpr uint32_t kJournalIncompatChecksumV2 = 8;
inline constexpr uint32_t kJournalIncompatChecksumV3 = 0x10;
inline constexpr uint32_t kJournalKnownIncompat =
    kJournalIncompatRevoke | kJournalIncompat64Bit | kJournalIncompatAsyncCommit |
    kJournalIncompatChecksumV2 | kJournalIncompatChecksumV3;
inline constexpr uint32_t kJournalCompatChecksum = 1;
inline constexpr uint8_t kJournalChecksumCrc32c = 4;

struct JournalSuperblock {
  JournalHeader header;
  Big32 block_size;
  Big32 length;    // in blocks
  Big32 first;     // block of the log
  Big32 sequence;  // of the first transaction in the log
  Big32 start;     // its block; 0: the log is empty
  Big32 error;
  Big32 feature_compat;
  Big32 feature_incompat;
  Big32 feature_ro_compat;
  uint8_t uuid[16];
  Big32 users;
  Big32 dynamic_superblock;
  Big32 max_transaction;
  Big32 max_transaction_data;
  uint8_t checksum_type;
  uint8_t padding[3];
  Big32 fast_commit_blocks;
  Big32 head;
  uint8_t reserved[0xfc - 0x5c];
  Big32 checksum;
  uint8_t user_uuids[16 * 48];
};
static_assert(offsetof(JournalSuperblock, start) == 0x1c);
static_assert(offsetof(JournalSuperblock, uuid) == 0x30);
static_assert(offsetof(JournalSuperblock, checksum_type) == 0x50);
static_assert(offsetof(JournalSuperblock, checksum) == 0xfc);
static_assert(sizeof(JournalSuperblock) == 1024);

// A descriptor's tags: with checksum v3 JournalTag3; otherwise JournalTag, without `block_hi` where
// the journal isn't 64bit, and with v2 two bytes longer. A tag without kTagSameUuid has 16 more.
inline constexpr uint32_t kTagEscaped = 1;  // the block began with kJournalMagic: zeroed in the log
inline constexpr uint32_t kTagSameUuid = 2;
inline constexpr uint32_t kTagDeleted = 4;
inline constexpr uint32_t kTagLast = 8;
struct JournalTag {
  Big32 block_lo;
  Big16 checksum;
  Big16 flags;
  Big32 block_hi;
};
struct JournalTag3 {
  Big32 block_lo;
  Big32 flags;
  Big32 block_hi;
  Big32 checksum;
};
static_assert(sizeof(JournalTag) == 12 && sizeof(JournalTag3) == 16);

struct JournalCommitBlock {
  JournalHeader header;
  uint8_t checksum_type;
  uint8_t checksum_size;
  uint8_t padding[2];
  Big32 checksum[8];
  Big32 seconds_hi;  // one 64-bit number, which isn't aligned
  Big32 seconds_lo;
  Big32 nanoseconds;
};
static_assert(offsetof(JournalCommitBlock, seconds_hi) == 48);

struct JournalRevokeHeader {
  JournalHeader header;
  Big32 size;  // in bytes, this header with them
  // followed by block numbers, 32 or (64bit) 64 bits wide
};
static_assert(sizeof(JournalRevokeHeader) == 16);

}  // namespace elfin::ext
