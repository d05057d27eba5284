#include "runtime/memory/page_digests.h"

#include <cstring>

namespace elfin::memory {

uint64_t PageDigests::Of(const uint8_t* bytes, size_t size) {
  uint64_t digest = 0x9e37'79b9'7f4a'7c15 ^ size;
  while (size > 0) {
    uint64_t word = 0;
    const size_t piece = size < sizeof(word) ? size : sizeof(word);
    std::memcpy(&word, bytes, piece);
    // A multiplication by an odd number and a xor-shift are each one-to-one in the digest.
    digest = (digest ^ word) * 0xd6e8'feb8'6659'fd93;
    digest ^= digest >> 32;
    bytes += piece;
    size -= piece;
  }
  return digest;
}

}  // namespace elfin::memory
