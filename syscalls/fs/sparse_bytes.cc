#include "syscalls/fs/sparse_bytes.h"

#include <algorithm>
#include <cstring>

namespace elfin::fs {
namespace {

constexpr uint64_t kLargestFile = INT64_MAX;

}  // namespace

Result<SparseBytes::Page*> SparseBytes::PageFor(uint64_t index) {
  const auto found = pages_.find(index);
  if (found != pages_.end()) return found->second.get();
  if (budget_.used >= budget_.limit) return Errno::kNoSpc;
  ++budget_.used;
  auto page = std::make_unique<Page>();
  page->fill(0);
  return pages_.emplace(index, std::move(page)).first->second.get();
}

void SparseBytes::Resize(uint64_t size) {
  if (size < size_) {
    const auto first_gone = pages_.lower_bound(RoundUp(size, kPageSize) / kPageSize);
    budget_.used -= static_cast<uint64_t>(std::distance(first_gone, pages_.end()));
    pages_.erase(first_gone, pages_.end());
    const auto last = pages_.find(size / kPageSize);
    if (last != pages_.end()) {
      std::memset(last->second->data() + size % kPageSize, 0, kPageSize - size % kPageSize);
    }
  }
  size_ = size;
}

Result<size_t> SparseBytes::Read(uint64_t offset, vfs::DataSink& sink) const {
  if (offset >= size_) return size_t{0};
  const uint64_t total = std::min(size_ - offset, sink.remaining());
  uint64_t done = 0;
  while (done < total) {
    const uint64_t at = offset + done;
    const uint64_t piece = std::min(kPageSize - at % kPageSize, total - done);
    const auto page = pages_.find(at / kPageSize);
    const Result<size_t> put = page == pages_.end()
                                   ? sink.PutZeros(piece)
                                   : sink.Put(page->second->data() + at % kPageSize, piece);
    if (!put.ok()) {
      if (done == 0) return put.error();
      break;
    }
    done += put.value();
    if (put.value() < piece) break;
  }
  return static_cast<size_t>(done);
}

Result<size_t> SparseBytes::Write(uint64_t offset, vfs::DataSource& source) {
  const uint64_t total = source.remaining();
  if (total == 0) return size_t{0};
  if (offset >= kLargestFile) return Errno::kFBig;
  uint64_t done = 0;
  while (done < std::min(total, kLargestFile - offset)) {
    const uint64_t at = offset + done;
    const uint64_t piece = std::min(kPageSize - at % kPageSize, total - done);
    const Result<Page*> page = PageFor(at / kPageSize);
    const Result<size_t> taken = page.ok()
                                     ? source.Take(page.value()->data() + at % kPageSize, piece)
                                     : Result<size_t>(page.error());
    if (!taken.ok()) {
      if (done == 0) return taken.error();
      break;
    }
    done += taken.value();
    size_ = std::max(size_, offset + done);
    if (taken.value() < piece) break;
  }
  return static_cast<size_t>(done);
}

void SparseBytes::PunchHole(uint64_t offset, uint64_t size) {
  const uint64_t end = std::min(offset + size, RoundUp(size_, kPageSize));
  auto page = pages_.lower_bound(offset / kPageSize);
  while (page != pages_.end() && page->first * kPageSize < end) {
    const uint64_t start = page->first * kPageSize;
    const uint64_t from = std::max(offset, start) - start;
    const uint64_t to = std::min(end - start, kPageSize);
    if (from == 0 && to == kPageSize) {
      page = pages_.erase(page);
      --budget_.used;
    } else {
      std::memset(page->second->data() + from, 0, to - from);
      ++page;
    }
  }
}

Status SparseBytes::Reserve(uint64_t offset, uint64_t size) {
  const uint64_t first = offset / kPageSize;
  const uint64_t end = RoundUp(offset + size, kPageSize) / kPageSize;
  if (end - first > budget_.limit - budget_.used + pages_.size()) return Errno::kNoSpc;
  for (uint64_t index = first; index < end; ++index) TRY(PageFor(index));
  return kOk;
}

Result<uint64_t> SparseBytes::Seek(uint64_t offset, vfs::SeekKind kind) const {
  if (offset >= size_) return Errno::kNxio;
  auto page = pages_.lower_bound(offset / kPageSize);
  if (kind == vfs::SeekKind::kData) {
    if (page == pages_.end() || page->first * kPageSize >= size_) return Errno::kNxio;
    return std::max(offset, page->first * kPageSize);
  }
  uint64_t index = offset / kPageSize;
  while (page != pages_.end() && page->first == index) {
    ++page;
    ++index;
  }
  return std::min(std::max(offset, index * kPageSize), size_);
}

}  // namespace elfin::fs
