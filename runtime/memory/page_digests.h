// What the pages of a shared file mapping held when they were last the same as the file's: one
// 64-bit digest a page, so that writing back touches only what the guest has changed and never
// undoes what write(2) did to the file meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace elfin::memory {

class PageDigests {
 public:
  static uint64_t Of(const uint8_t* bytes, size_t size);

  /// `page`: number of the page within the file.
  void Set(uint64_t page, uint64_t digest) { digests_[page] = digest; }
  /// True also for a page that is not known.
  bool Differs(uint64_t page, uint64_t digest) const {
    const auto found = digests_.find(page);
    return found == digests_.end() || found->second != digest;
  }

 private:
  std::map<uint64_t, uint64_t> digests_;
};

}  // namespace elfin::memory
