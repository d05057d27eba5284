#include "syscalls/kernel/queue_listener.h"

#include "runtime/base/check.h"

namespace elfin::kernel {

void QueueListener::Leave() {
  if (list_ == nullptr) return;
  (previous_ != nullptr ? previous_->next_ : list_->head_) = next_;
  (next_ != nullptr ? next_->previous_ : list_->tail_) = previous_;
  list_ = nullptr;
  previous_ = next_ = nullptr;
}

ListenerList::~ListenerList() {
  while (head_ != nullptr) head_->Leave();
}

void ListenerList::Add(QueueListener& listener, bool exclusive) {
  CHECK(!listener.is_listening());
  listener.list_ = this;
  listener.exclusive_ = exclusive;
  QueueListener* const before = exclusive ? tail_ : nullptr;
  QueueListener* const after = exclusive ? nullptr : head_;
  listener.previous_ = before;
  listener.next_ = after;
  (before != nullptr ? before->next_ : head_) = &listener;
  (after != nullptr ? after->previous_ : tail_) = &listener;
}

void ListenerList::Tell(uint32_t events) {
  for (QueueListener* each = head_; each != nullptr; each = each->next_) {
    const bool waits = each->QueueWoken(events);
    if (waits && each->exclusive_) return;
  }
}

}  // namespace elfin::kernel
