#include "syscalls/fs/inotify.h"

#include <algorithm>
#include <utility>

#include "runtime/base/types.h"

namespace elfin::fs {

class Inotify::OneWatch final : public vfs::InodeWatch {
 public:
  OneWatch(Inotify& owner, int32_t number, vfs::Path path, uint32_t mask)
      : mask(mask), owner_(owner), number_(number), path_(std::move(path)) {
    path_.inode()->AddWatch(*this);
  }
  ~OneWatch() { path_.inode()->RemoveWatch(*this); }

  void Happened(uint32_t events, std::string_view name, uint32_t cookie) override {
    const bool gone = (events & abi::kInDeleteSelf) != 0;
    const bool wanted = (events & mask & abi::kInAllEvents) != 0;
    if (wanted) owner_.Add(number_, events, name, cookie);
    const bool once = wanted && (mask & abi::kInOneShot) != 0;
    if (gone || once) owner_.End(number_);  // and this with it
  }
  const vfs::InodePtr& inode() const { return path_.inode(); }

  uint32_t mask;

 private:
  Inotify& owner_;
  const int32_t number_;
  const vfs::Path path_;  // keeps the inode and its filesystem
};

Inotify::Inotify(vfs::Path path, uint32_t flags) : AnonymousFile(std::move(path), flags) {}
Inotify::~Inotify() = default;

Result<int32_t> Inotify::Watch(const vfs::Path& path, uint32_t mask) {
  for (auto& [number, watch] : watches_) {
    if (watch->inode() != path.inode()) continue;
    if ((mask & abi::kInMaskCreate) != 0) return Errno::kExist;
    watch->mask = (mask & abi::kInMaskAdd) != 0 ? watch->mask | mask : mask;
    return number;
  }
  const int32_t number = ++last_number_;
  watches_[number] = std::make_unique<OneWatch>(*this, number, path, mask);
  return number;
}

Status Inotify::Unwatch(int32_t number) {
  if (watches_.count(number) == 0) return Errno::kInval;
  End(number);
  return kOk;
}

void Inotify::End(int32_t number) {
  watches_.erase(number);
  Add(number, abi::kInIgnored, {}, 0);
}

void Inotify::Add(int32_t watch, uint32_t mask, std::string_view name, uint32_t cookie) {
  if (events_.size() == kMostEvents) {
    watch = -1, mask = abi::kInOverflow, name = {}, cookie = 0;
  }
  if (events_.size() > kMostEvents) return;
  const size_t room = name.empty() ? 0 : RoundUp(name.size() + 1, sizeof(abi::InotifyEvent));
  const abi::InotifyEvent record{watch, mask, cookie, static_cast<uint32_t>(room)};
  if (!events_.empty()) {  // the same again is told once
    const Event& last = events_.back();
    if (last.record.watch == watch && last.record.mask == mask && last.record.cookie == cookie &&
        last.name == name) {
      return;
    }
  }
  events_.push_back({record, std::string(name)});
  queue_.WakeAll(vfs::kPollCanRead);
}

Result<uint64_t> Inotify::BytesReadable() {
  uint64_t bytes = 0;
  for (const Event& event : events_) bytes += event.size();
  return bytes;
}

Result<size_t> Inotify::Take(vfs::DataSink& sink) {
  size_t done = 0;
  while (!events_.empty() && sink.remaining() >= events_.front().size()) {
    const Event& event = events_.front();
    std::string bytes(reinterpret_cast<const char*>(&event.record), sizeof(event.record));
    bytes += event.name;
    bytes.resize(event.size());
    done += TRY(sink.Put(bytes.data(), bytes.size()));
    events_.pop_front();
  }
  if (done == 0) return Errno::kInval;
  return done;
}

Task<Result<size_t>> Inotify::Read(vfs::DataSink& sink, vfs::IoOptions options) {
  if (!events_.empty()) return Take(sink);
  if (options.nonblocking || options.waiter == nullptr) return Errno::kAgain;
  return ReadWhenThere(sink, options);
}

Task<Result<size_t>> Inotify::ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options) {
  while (events_.empty()) CO_TRY(co_await queue_.Wait(*options.waiter));
  co_return Take(sink);
}

}  // namespace elfin::fs
