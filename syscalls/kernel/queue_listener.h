// Who is told of every wake of a queue, at once and without a coroutine that waits: epoll, which
// has to know of each edge, whether anybody is in epoll_wait or not.
#pragma once

#include <cstdint>

namespace elfin::kernel {

class ListenerList;

/// Of all events: what a queue says that doesn't know which.
inline constexpr uint32_t kAnyEvent = UINT32_MAX;

class QueueListener {
 public:
  QueueListener() = default;
  QueueListener(const QueueListener&) = delete;
  QueueListener& operator=(const QueueListener&) = delete;
  virtual ~QueueListener() { Leave(); }

  /// `events`: the vfs::PollBits that may have become true. Notes it, and may wake other queues;
  /// joins and leaves no list. Returns whether somebody waits for it: then no further listener that
  /// is exclusive is told.
  virtual bool QueueWoken(uint32_t events) = 0;

  void Leave();
  bool is_listening() const { return list_ != nullptr; }

 private:
  friend class ListenerList;
  ListenerList* list_ = nullptr;
  QueueListener* previous_ = nullptr;
  QueueListener* next_ = nullptr;
  bool exclusive_ = false;
};

/// Those of one queue. Its end leaves them without a list, and untold.
class ListenerList {
 public:
  ListenerList() = default;
  ListenerList(const ListenerList&) = delete;
  ListenerList& operator=(const ListenerList&) = delete;
  ~ListenerList();

  /// `exclusive`: of such, one for which somebody waits is enough (EPOLLEXCLUSIVE); they stand
  /// behind the others. Precondition: it listens nowhere.
  void Add(QueueListener& listener, bool exclusive);
  void Tell(uint32_t events);

 private:
  friend class QueueListener;
  QueueListener* head_ = nullptr;
  QueueListener* tail_ = nullptr;
};

}  // namespace elfin::kernel
