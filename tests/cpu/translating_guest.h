// A guest whose code is to be translated: the fuzzer's memory with code pages that can't be
// written.
#pragma once

#include <cstring>
#include <initializer_list>
#include <vector>

#include "runtime/address_map.h"
#include "runtime/cpu/guest_access.h"
#include "runtime/cpu/region_select.h"
#include "runtime/cpu/translated_entry.h"
#include "runtime/cpu/translated_map.h"
#include "tests/cpu/fuzz/subject.h"

namespace elfin::cpu {

inline constexpr int64_t kPlenty = 1'000'000;

/// A region's description, taken apart.
struct RegionText {
  uint32_t size, entry, options;
  std::vector<uint32_t> addresses, ends, calls, slots, jumps;
  std::vector<uint8_t> code;
};

class TranslatingGuest {
 public:
  explicit TranslatingGuest(uint32_t threshold,
                            TranslationMode mode = TranslationMode::kAsynchronous) {
    ResetCpu(state(), state().memory_base, fuzz::kCache, fuzz::kCacheEnd);
    SetKernel(
        state(), [](void*, uint64_t, const uint64_t*) { return kSyscallLeave; }, nullptr);
    ConfigureTranslation(state(), mode, threshold, 0);
    subject_.SetPages(fuzz::kCode, fuzz::kCodeEnd, kPageRead | kPageExecute);
    std::memset(subject_.At(fuzz::kCode), 0xcc, fuzz::kCodeEnd - fuzz::kCode);
    state().gpr[4] = fuzz::kStackEnd - 256;
  }

  CpuState& state() { return subject_.state(); }
  TranslatedCode& code() { return *ContextOf(state()).translated; }
  fuzz::Subject& subject() { return subject_; }

  void Put(uint64_t address, std::initializer_list<uint8_t> bytes) {
    std::memcpy(subject_.At(address), bytes.begin(), bytes.size());
  }
  ExitReason RunFrom(uint64_t rip, int64_t budget = kPlenty) {
    state().rip = rip;
    state().budget = budget;
    return Run(state());
  }
  /// Decodes the block at an address as if it had run.
  GuestBlock* Seen(uint64_t address) { return FindOrDecodeBlock(state(), address); }

  bool Select(uint64_t entry) {
    return SelectRegion(state(), static_cast<uint32_t>(entry), buffer_);
  }
  uint32_t* buffer() { return buffer_; }
  RegionText Region() const {
    RegionText text{buffer_[0], buffer_[1], buffer_[2], {}, {}, {}, {}, {}, {}};
    const uint32_t* word = buffer_ + jit::kRegionHeaderWords;
    size_t bytes = 0;
    for (uint32_t n = 0; n < buffer_[jit::kRegionBlockCount]; ++n, word += 2) {
      text.addresses.push_back(word[0]);
      text.ends.push_back(word[1]);
      bytes += word[1] - word[0];
    }
    for (uint32_t n = 0; n < buffer_[jit::kRegionCallCount]; ++n, word += 2) {
      text.calls.push_back(word[0]);
      text.slots.push_back(word[1]);
    }
    for (uint32_t n = 0; n < buffer_[jit::kRegionJumpCount]; ++n) text.jumps.push_back(*word++);
    const auto* first = reinterpret_cast<const uint8_t*>(word);
    text.code.assign(first, first + bytes);
    return text;
  }

 private:
  fuzz::Subject subject_;
  uint32_t buffer_[kRegionBufferWords];
};

using Addresses = std::vector<uint32_t>;

}  // namespace elfin::cpu
