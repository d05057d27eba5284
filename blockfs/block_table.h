// BlockTable: cached blocks by number. Neighbours share a leaf, and the leaf that was used last is
// found at once: a file's blocks, which follow each other, cost no search.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

namespace elfin::blockfs {

template <class Pointer>
class BlockTable {
 public:
  /// The entry, or nullptr; valid until the next Erase or Clear.
  Pointer* Find(uint64_t number) {
    Leaf* leaf = LeafOf(number);
    if (leaf == nullptr || leaf->entries[number % kLeafSize] == nullptr) return nullptr;
    return &leaf->entries[number % kLeafSize];
  }

  /// Precondition: there is none.
  void Insert(uint64_t number, Pointer pointer) {
    Leaf* leaf = LeafOf(number);
    if (leaf == nullptr) {
      last_number_ = number / kLeafSize;
      last_ = leaf = (leaves_[last_number_] = std::make_unique<Leaf>()).get();
    }
    leaf->entries[number % kLeafSize] = std::move(pointer);
    ++leaf->used;
    ++size_;
  }

  /// Precondition: there is one. Returns it.
  Pointer Erase(uint64_t number) {
    Leaf* leaf = LeafOf(number);
    Pointer erased = std::exchange(leaf->entries[number % kLeafSize], nullptr);
    --size_;
    if (--leaf->used == 0) {
      leaves_.erase(number / kLeafSize);
      last_ = nullptr;
    }
    return erased;
  }

  size_t size() const { return size_; }

 private:
  static constexpr uint64_t kLeafSize = 64;
  struct Leaf {
    std::array<Pointer, kLeafSize> entries;
    uint32_t used = 0;
  };

  Leaf* LeafOf(uint64_t number) {
    if (last_ != nullptr && last_number_ == number / kLeafSize) return last_;
    const auto found = leaves_.find(number / kLeafSize);
    if (found == leaves_.end()) return nullptr;
    last_number_ = number / kLeafSize;
    last_ = found->second.get();
    return last_;
  }

  std::unordered_map<uint64_t, std::unique_ptr<Leaf>> leaves_;
  Leaf* last_ = nullptr;
  uint64_t last_number_ = 0;
  size_t size_ = 0;
};

}  // namespace elfin::blockfs
