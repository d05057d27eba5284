// The superblock's checksum, kept right without being changed.
//
//   sector 2 of the disk: all that ever changes, and four bytes that mean nothing
//   sector 3:             the checksum over both, in its last four bytes
//
// A disk that loses power writes whole sectors or nothing of them: a superblock whose checksum
// changes could end as a new sector 2 with an old checksum, and a disk of one group has no backup
// that e2fsck could take instead. So the four bytes (the end of the path where the filesystem was
// mounted last, behind the zero that ends it) are chosen such that the checksum stays what it is.
#pragma once

#include "blockfs/ext/superblock.h"

namespace elfin::ext {

bool IsSuperblockSealed(const Superblock& superblock);

/// Precondition: it was sealed before fields of its first 512 bytes were changed. Does nothing
/// without metadata checksums.
void SealSuperblock(Superblock& superblock);

}  // namespace elfin::ext
