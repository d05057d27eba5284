#include "syscalls/fs/epoll.h"

#include <algorithm>

namespace elfin::fs {
namespace {

/// EP_MAX_NESTS: sets in sets in sets.
constexpr int kMaxDepth = 4;
constexpr uint32_t kAlwaysReported = vfs::kPollErr | vfs::kPollHup;
/// What isn't an event that a file could have.
constexpr uint32_t kModes =
    abi::kEpollWakeUp | abi::kEpollOneShot | abi::kEpollEdge | abi::kEpollExclusive;
constexpr uint32_t kExclusiveAllowed = vfs::kPollIn | vfs::kPollOut | kAlwaysReported |
                                       abi::kEpollWakeUp | abi::kEpollEdge | abi::kEpollExclusive;

}  // namespace

/// One descriptor of the set.
class Epoll::Interest final : public kernel::QueueListener, public vfs::FileWatch {
 public:
  Interest(Epoll& set, Fd fd, vfs::File& file) : set_(set), fd_(fd), file_(file) {
    file.AddWatch(*this);
    place = set.resting_.insert(set.resting_.end(), this);
  }
  ~Interest() {
    if (!gone_) file_.RemoveWatch(*this);
    (is_ready ? set_.ready_ : set_.resting_).erase(place);
  }

  /// Events asked for that the file has now.
  uint32_t Ready() const {
    const uint32_t asked = event.events & ~kModes;
    return asked != 0 ? file_.Poll() & asked : 0;
  }
  bool QueueWoken(uint32_t events) override {
    if ((event.events & ~kModes & events) == 0) return false;
    const bool waits = !set_.queue_.empty();
    set_.MarkReady(*this);
    return waits;
  }
  void FileGone() override {
    gone_ = true;
    set_.interests_.erase(Key{&file_, fd_.value});  // and this with it
  }
  vfs::File& file() const { return file_; }
  Epoll& set() const { return set_; }

  abi::EpollEvent event{};
  bool is_ready = false;
  Places::iterator place;

 private:
  Epoll& set_;
  const Fd fd_;
  vfs::File& file_;
  bool gone_ = false;
};

Epoll::Epoll(vfs::Path path, uint32_t flags) : AnonymousFile(std::move(path), flags) {}

Epoll::~Epoll() { interests_.clear(); }

Epoll::Interest* Epoll::Find(Fd fd, vfs::File& file) {
  const auto found = interests_.find(Key{&file, fd.value});
  return found != interests_.end() ? found->second.get() : nullptr;
}

void Epoll::MarkReady(Interest& interest) {
  if (!interest.is_ready) {
    interest.is_ready = true;
    ready_.splice(ready_.end(), resting_, interest.place);
  }
  queue_.WakeAll(vfs::kPollCanRead);
}

void Epoll::Rest(Interest& interest) {
  interest.is_ready = false;
  resting_.splice(resting_.end(), ready_, interest.place);
}

int Epoll::DepthBelow(const Epoll& forbidden, int level) const {
  if (this == &forbidden || level > kMaxDepth) return kMaxDepth + 1;
  int depth = 0;
  for (const auto& [key, interest] : interests_) {
    const Epoll* inner = key.first->epoll();
    if (inner != nullptr) depth = std::max(depth, 1 + inner->DepthBelow(forbidden, level + 1));
  }
  return depth;
}

int Epoll::DepthAbove(int level) const {
  int depth = 0;
  if (level > kMaxDepth) return depth;
  for (const vfs::FileWatch* watch : watches()) {
    // Only interests watch a set.
    const Epoll& outer = static_cast<const Interest*>(watch)->set();
    depth = std::max(depth, 1 + outer.DepthAbove(level + 1));
  }
  return depth;
}

Status Epoll::Add(Fd fd, const vfs::FilePtr& file, const abi::EpollEvent& event) {
  Epoll* const inner = file->epoll();
  const bool exclusive = (event.events & abi::kEpollExclusive) != 0;
  if (exclusive && (inner != nullptr || (event.events & ~kExclusiveAllowed) != 0)) {
    return Errno::kInval;
  }
  kernel::WaitQueue* const queue = file->wait_queue();
  if (queue == nullptr) return Errno::kPerm;
  if (inner != nullptr && inner->DepthBelow(*this, 0) + 1 + DepthAbove(0) > kMaxDepth) {
    return Errno::kLoop;
  }
  if (Find(fd, *file) != nullptr) return Errno::kExist;
  auto made = std::make_unique<Interest>(*this, fd, *file);
  Interest& interest = *made;
  interests_[Key{file.get(), fd.value}] = std::move(made);
  interest.event = event;
  interest.event.events |= kAlwaysReported;
  queue->listeners().Add(interest, exclusive);
  if (interest.Ready() != 0) MarkReady(interest);
  return kOk;
}

Status Epoll::Modify(Fd fd, vfs::File& file, const abi::EpollEvent& event) {
  Interest* interest = Find(fd, file);
  if ((event.events & abi::kEpollExclusive) != 0) return Errno::kInval;
  if (interest == nullptr) return Errno::kNoEnt;
  if ((interest->event.events & abi::kEpollExclusive) != 0) return Errno::kInval;
  interest->event = event;
  interest->event.events |= kAlwaysReported;
  if (interest->Ready() != 0) MarkReady(*interest);
  return kOk;
}

Status Epoll::Remove(Fd fd, vfs::File& file) {
  const auto found = interests_.find(Key{&file, fd.value});
  if (found == interests_.end()) return Errno::kNoEnt;
  interests_.erase(found);
  return kOk;
}

size_t Epoll::Collect(size_t limit, const std::function<bool(const abi::EpollEvent&)>& take) {
  size_t taken = 0;
  for (size_t left = ready_.size(); left > 0 && taken < limit; --left) {
    Interest& interest = *ready_.front();
    const uint32_t events = interest.Ready();
    if (events == 0) {
      Rest(interest);
      continue;
    }
    if (!take({events, interest.event.data})) break;
    ++taken;
    if ((interest.event.events & abi::kEpollOneShot) != 0) {
      interest.event.events &= kModes;
      Rest(interest);
    } else if ((interest.event.events & abi::kEpollEdge) != 0) {
      Rest(interest);
    } else {
      ready_.splice(ready_.end(), ready_, interest.place);
    }
  }
  return taken;
}

uint32_t Epoll::Poll() {
  const bool any = std::any_of(ready_.begin(), ready_.end(),
                               [](const Interest* each) { return each->Ready() != 0; });
  return any ? vfs::kPollCanRead : 0;
}

}  // namespace elfin::fs
