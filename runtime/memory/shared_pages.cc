#include "runtime/memory/shared_pages.h"

#include <algorithm>
#include <utility>

namespace elfin::memory {

SharedPages::SharedPages(std::shared_ptr<MappedFile> file)
    : file_(std::move(file)), size_(file_->size()), tracked_(true) {}

SharedPages::SharedPages(uint64_t size, Tracking tracking)
    : size_(size), tracked_(tracking == Tracking::kAlways) {}

SharedPages::~SharedPages() = default;

void SharedPages::Attach(SharedPagesUser& user) {
  if (!users_.insert(&user).second || tracked_ || users_.size() == 1) return;
  tracked_ = true;
  for (SharedPagesUser* other : users_) {
    if (other != &user) other->Tracked(*this);
  }
}

void SharedPages::Detach(SharedPagesUser& user) {
  if (holder_ == &user) {
    PublishHolder();
    holder_ = nullptr;
  }
  users_.erase(&user);
}

void SharedPages::PublishHolder() {
  if (holder_ != nullptr) holder_->Publish(*this);
}

void SharedPages::TakeOver(SharedPagesUser& user) {
  PublishHolder();
  holder_ = &user;
  user.Refresh(*this);
}

void SharedPages::Store(uint64_t index, const Page& bytes) {
  Entry& entry = pages_[index];
  if (entry.bytes == nullptr) {
    entry.bytes = std::make_unique<Page>(bytes);
  } else {
    *entry.bytes = bytes;
    by_version_.erase(entry.version);
  }
  entry.version = ++version_;
  entry.in_file = false;
  by_version_.emplace(entry.version, index);
}

std::vector<SharedPages::Change> SharedPages::ChangedSince(uint64_t version) const {
  std::vector<Change> changes;
  for (auto next = by_version_.upper_bound(version); next != by_version_.end(); ++next) {
    changes.push_back({next->second, pages_.at(next->second).bytes.get()});
  }
  return changes;
}

Task<Status> SharedPages::WriteBack() {
  PublishHolder();
  if (file_ == nullptr) co_return kOk;
  const auto self = shared_from_this();
  std::vector<uint64_t> changed;
  for (const auto& [index, entry] : pages_) {
    if (!entry.in_file) changed.push_back(index);
  }
  for (const uint64_t index : changed) CO_TRY(co_await WritePage(index));
  co_return kOk;
}

Task<Status> SharedPages::WritePage(uint64_t index) {
  const auto found = pages_.find(index);
  if (found == pages_.end() || found->second.in_file) co_return kOk;
  found->second.in_file = true;
  const Page bytes = *found->second.bytes;
  const uint64_t offset = index * kPageSize;
  const uint64_t file_size = file_->size();
  const uint64_t size = offset < file_size ? std::min(kPageSize, file_size - offset) : 0;
  Status result = kOk;
  for (uint64_t done = 0; done < size && result.ok();) {
    const Result<size_t> count =
        co_await file_->Write(offset + done, bytes.data() + done, size - done);
    if (!count.ok()) {
      result = count.error();
    } else if (count.value() == 0) {
      result = Errno::kIo;
    } else {
      done += count.value();
    }
  }
  if (result.ok()) co_return kOk;
  const auto again = pages_.find(index);
  if (again != pages_.end()) again->second.in_file = false;
  co_return result;
}

Task<Status> SharedPages::Reload(uint64_t offset, uint64_t size) {
  const auto self = shared_from_this();
  Resize();
  const uint64_t end = std::min(offset + size, size_);
  for (uint64_t at = offset; at < end; at = RoundDown(at, kPageSize) + kPageSize) {
    const uint64_t index = at / kPageSize;
    CO_TRY(co_await ReloadPage(index, at, std::min(end, (index + 1) * kPageSize)));
  }
  if (holder_ != nullptr) holder_->Refresh(*this);
  co_return kOk;
}

/// Takes the file's bytes in [from, to) of one page; the others stay, since users may be ahead of
/// the file there.
Task<Status> SharedPages::ReloadPage(uint64_t index, uint64_t from, uint64_t to) {
  const uint64_t begin = index * kPageSize;
  Page fresh{};
  for (uint64_t have = 0; have < kPageSize;) {
    CO_ASSIGN(const size_t count,
              co_await file_->Read(begin + have, fresh.data() + have, kPageSize - have));
    if (count == 0) break;
    have += count;
  }
  PublishHolder();
  if (begin >= size_) co_return kOk;  // truncated meanwhile
  const auto known = pages_.find(index);
  if (known == pages_.end()) {
    Store(index, fresh);
    pages_[index].in_file = true;
    co_return kOk;
  }
  const bool in_file = known->second.in_file;
  Page merged = *known->second.bytes;
  std::copy(fresh.data() + (from - begin), fresh.data() + (to - begin),
            merged.data() + (from - begin));
  Store(index, merged);
  pages_[index].in_file = in_file;
  co_return kOk;
}

void SharedPages::Resize() {
  const uint64_t size = file_->size();
  if (size == size_) return;
  PublishHolder();
  size_ = size;
  for (auto beyond = pages_.lower_bound(RoundUp(size, kPageSize) / kPageSize);
       beyond != pages_.end();) {
    by_version_.erase(beyond->second.version);
    beyond = pages_.erase(beyond);
  }
  const auto last = pages_.find(size / kPageSize);
  if (size % kPageSize != 0 && last != pages_.end()) {
    Page& bytes = *last->second.bytes;
    std::fill(bytes.begin() + static_cast<ptrdiff_t>(size % kPageSize), bytes.end(), 0);
  }
  for (SharedPagesUser* user : std::set<SharedPagesUser*>(users_)) user->Resized(*this);
}

}  // namespace elfin::memory
